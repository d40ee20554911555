"""Spend in the columns of FOCUS, the FinOps cost and usage specification: one row per meter, UTC day and dimension.

Costs are estimates from token counts and list prices, never an invoice.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.pricing.nearest import among
from llmcost.shelf import Query, shipped_shelf
from llmcost.store import Engine, Filters, Row
from llmcost.store.scope import MAX_GROUPS

# The columns of the shelf file that a version does not know yet.
VERSIONS = {"1.2": ("HostProviderName", "ServiceProviderName"), "1.3": ()}
COSTS = ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost")


@dataclass(frozen=True)
class Charges:
    """The rows of a data set, `columns` in order, and the sums of its costs."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    totals: dict[str, Decimal]


@cache
def exports() -> dict[str, Query]:
    """Read the shelf of exports by name."""
    return shipped_shelf(resources.files("llmcost.export") / "exports", Query)


def export_focus(
    engine: Engine,
    book: Book,
    *,
    version: str = "1.3",
    by: tuple[str, ...] = (),
    filters: Filters | None = None,
    billing_account: str | None = None,
) -> Charges:
    """Price the store with `book` and write its scope as FOCUS rows, by day and price; requests without one have none.

    The columns of `by` split the rows further; they stand in Tags and as x_ columns. Raises UsageError for a version
    or a column that does not exist.
    """
    if version not in VERSIONS:
        raise UsageError(f"--focus-version {version}: no such version", hint=among(version, VERSIONS))
    if "tag" in by:
        raise UsageError("--by tag: a request with two tags would be charged twice", hint="--where tag=NAME selects")
    focus = exports()["focus"]
    given = {} if billing_account is None else {"billing_account": billing_account}
    result = engine.price(book).scope(filters, by).result(focus, **given)
    found = [finished(record, by) for record in result.records]
    columns = columns_of(result.columns, by, version)
    rows = [tuple(row[column] for column in columns) for row in found]
    totals = {cost: sum((row[cost] for row in found), Decimal(0)) for cost in COSTS}
    return Charges(focus.title, columns, rows, totals)


def columns_of(names: tuple[str, ...], by: tuple[str, ...], version: str) -> tuple[str, ...]:
    """Order the columns of a version: the specification's, then the x_ ones, then those of `by`."""
    known = [name for name in names[MAX_GROUPS:] if name not in VERSIONS[version]]
    return (*known, *(custom(name) for name in by))


def finished(row: Row, by: tuple[str, ...]) -> Row:
    """Write what is JSON text inside a row, and give the columns of `by` their names."""
    tags = {name: row[f"group_{at}"] for at, name in enumerate(by, start=1)}
    written = {"SkuPriceDetails": key_values(row["SkuPriceDetails"]), "Tags": key_values(tags)}
    return row | written | {custom(name): value for name, value in tags.items()}


def key_values(pairs: dict[str, Any]) -> str | None:
    """Write what is known as one flat JSON object, or nothing."""
    known = {key: value for key, value in pairs.items() if value is not None}
    return msgspec.json.encode(known, enc_hook=str).decode() if known else None


def custom(name: str) -> str:
    """Name a column that the specification does not have: x_ and Pascal case."""
    return "x_" + "".join(part.capitalize() for part in name.split("_"))
