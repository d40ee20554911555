"""What is asked of a store that is watched: the shelf `queries`."""

from __future__ import annotations

from functools import cache
from importlib import resources

from llmcost.alerts.metric import steps
from llmcost.shelf import Query, shipped_shelf


@cache
def queries() -> dict[str, Query]:
    """Read the shelf by name."""
    return shipped_shelf(resources.files("llmcost.watch") / "queries", Query, steps())
