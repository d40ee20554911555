"""Scope to requests worth looking at: what each would save, how certain that is, and what all of it comes to."""

from llmcost.detect.detector import Detector, detectors
from llmcost.detect.findings import Findings, claim, findings, found_requests
from llmcost.detect.needs import answerable, lacking
from llmcost.detect.own import own_detectors
from llmcost.detect.run import Hits, detect
from llmcost.detect.savings import Savings, savings

__all__ = [
    "Detector",
    "Findings",
    "Hits",
    "Savings",
    "answerable",
    "claim",
    "detect",
    "detectors",
    "findings",
    "found_requests",
    "lacking",
    "own_detectors",
    "savings",
]
