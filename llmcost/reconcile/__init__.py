"""Our costs beside others': what gateways report for the same requests, and what providers bill."""

from llmcost.reconcile.bill import Bill, Line
from llmcost.reconcile.invoice import Comparison, compare_invoice
from llmcost.reconcile.read import read_bill, read_report
from llmcost.reconcile.reported import BY, Gaps, compare_reported
from llmcost.reconcile.usage import UsageReport, compare_usage

__all__ = [
    "BY",
    "Bill",
    "Comparison",
    "Gaps",
    "Line",
    "UsageReport",
    "compare_invoice",
    "compare_reported",
    "compare_usage",
    "read_bill",
    "read_report",
]
