"""What is asked of two times of a store: the shelf `why/queries`."""

from __future__ import annotations

from functools import cache
from importlib import resources

from llmcost.shelf import Query, shipped_shelf


@cache
def queries() -> dict[str, Query]:
    """Read the shelf by name."""
    return shipped_shelf(resources.files("llmcost.why") / "queries", Query)
