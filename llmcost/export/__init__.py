"""Scope to the rows of another system: one .sql file per data set."""

from llmcost.export.days import Written, export_days
from llmcost.export.focus import VERSIONS, Charges, export_focus
from llmcost.export.folder import beside, check_folder

__all__ = ["VERSIONS", "Charges", "Written", "beside", "check_folder", "export_days", "export_focus"]
