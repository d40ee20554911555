"""Our costs beside others': what gateways report for the same requests, and what providers bill."""

from llmcost.reconcile.bill import Bill, Line
from llmcost.reconcile.invoice import Comparison, compare_invoice
from llmcost.reconcile.read import read_bill
from llmcost.reconcile.reported import BY, Gaps, compare_reported

__all__ = ["BY", "Bill", "Comparison", "Gaps", "Line", "compare_invoice", "compare_reported", "read_bill"]
