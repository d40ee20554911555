"""The queries of the shelf `reports`: each one table over the present scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from llmcost.shelf import read_shelf
from llmcost.store import Store

Row = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """One file of the shelf reports."""

    name: str
    query: str
    title: str
    answers: str
    params: dict[str, Any] = field(default_factory=dict)


@cache
def reports() -> dict[str, Query]:
    """Read the shelf of reports by name."""
    return read_shelf(resources.files("llmcost.report") / "queries", Query)


def records(store: Store, name: str, **parameters: Any) -> list[Row]:
    """Run a report of the shelf over the present scope and give its rows by column."""
    return store.records(reports()[name].query, parameters or None)
