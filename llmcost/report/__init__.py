"""Scope to one table, with what it covers: run a report of the shelf and say how complete it is."""

from llmcost.report.run import Coverage, Report, Unpriced, coverage, coverage_of, records, run

__all__ = ["Coverage", "Report", "Unpriced", "coverage", "coverage_of", "records", "run"]
