"""Scope to one table, with what it covers: run a view of the shelf and say how complete it is."""

from llmcost.report.coverage import Coverage, Unpriced, coverage, coverage_of
from llmcost.report.query import queries
from llmcost.report.run import Report, run
from llmcost.report.view import View, views

__all__ = ["Coverage", "Report", "Unpriced", "View", "coverage", "coverage_of", "queries", "run", "views"]
