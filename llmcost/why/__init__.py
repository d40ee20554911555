"""What made spending change between two times: how much each group did, by what, and since when."""

from llmcost.why.run import Group, Why, default_windows, why

__all__ = ["Group", "Why", "default_windows", "why"]
