"""Scope to the cost and usage rows of another system: one .sql file per data set."""

from llmcost.export.focus import VERSIONS, Charges, export_focus

__all__ = ["VERSIONS", "Charges", "export_focus"]
