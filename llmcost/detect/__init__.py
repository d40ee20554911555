"""Scope to requests worth looking at: what each would save, how certain that is, and what all of it comes to."""

from llmcost.detect.before_after import compare, period
from llmcost.detect.claims import Claims, claim
from llmcost.detect.custom import own_detectors
from llmcost.detect.detector import Detector, detectors
from llmcost.detect.findings import Findings, causes, findings, found_requests
from llmcost.detect.needs import missing_requirements, requests_by_tier, requests_with
from llmcost.detect.run import Hits, detect
from llmcost.detect.savings import Savings, savings

__all__ = [
    "Claims",
    "Detector",
    "Findings",
    "Hits",
    "Savings",
    "causes",
    "claim",
    "compare",
    "detect",
    "detectors",
    "findings",
    "found_requests",
    "missing_requirements",
    "own_detectors",
    "period",
    "requests_by_tier",
    "requests_with",
    "savings",
]
