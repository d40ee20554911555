"""The queries of the shelf `check/queries`: each one table over `traced`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from llmcost.shelf import read_shelf
from llmcost.store import Store


@dataclass(frozen=True)
class Query:
    """One file of the shelf."""

    name: str
    query: str
    title: str
    answers: str
    params: dict[str, Any] = field(default_factory=dict)


@cache
def queries() -> dict[str, Query]:
    """Read the shelf by name."""
    return read_shelf(resources.files("llmcost.check") / "queries", Query)


def records(store: Store, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run a query of the shelf over the present `traced` and give its rows by column."""
    return store.records(queries()[name].query, parameters or None)
