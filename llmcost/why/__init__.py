"""What made spending change between two times: how much each group did, by what, and since when."""

from llmcost.why.compared import compared, notes
from llmcost.why.run import Group, Why, why

__all__ = ["Group", "Why", "compared", "notes", "why"]
