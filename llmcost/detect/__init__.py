"""Scope to requests worth looking at: what each would save, how certain that is, and what all of it comes to."""

from llmcost.detect.detector import Detector, detectors
from llmcost.detect.run import Hits, detect

__all__ = ["Detector", "Hits", "detect", "detectors"]
