"""What requests without a price would cost at stand-ins' prices, beside the cost and never in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.pricing.nearest import check_model, nearest_hint
from llmcost.report.view import View, table
from llmcost.store import Engine, Filters, Repricing, Scope

AS_LOGGED = {"model": "model_named", "provider": "provider_name"}


def assumed_costs(
    engine: Engine, book: Book, view: View, by: tuple[str, ...], filters: Filters, repricing: Repricing
) -> dict[tuple[Any, ...] | None, Any]:
    """Sum what requests without a price would cost at stand-ins' prices: by group, and of all under None.

    Raises UsageError for a model that no request has, or a stand-in that the book does not have.
    """
    for other in dict.fromkeys(repricing.models.values()):
        check_model(book, other, "--assume ...=")
    priced = engine.price(book, repricing)
    whole = priced.scope(filters)
    check_logged(whole, repricing)
    costs: dict[tuple[Any, ...] | None, Any] = {None: table(whole, view).totals["cost_usd"]}
    # what is asked for by model keeps the name in the log, not the stand-in's
    found = table(priced.scope(filters, tuple(AS_LOGGED.get(name, name) for name in by)), view)
    at = found.columns.index("cost_usd")
    for row in found.rows:
        costs[row[: len(by)]] = row[at]
    return costs


def check_logged(scope: Scope, repricing: Repricing) -> None:
    """Refuse a model that no request of the scope has. Raises UsageError with the nearest names."""
    found = scope.rows("select distinct model_named, model from scope")
    names = {name for row in found for name in row if name is not None}
    for name in repricing.models:
        if names and name not in names:
            hint = nearest_hint(name, sorted(names), "llmcost pricing missing lists what has no price")
            raise UsageError(f"--assume {name}=...: no request of that model", hint=hint)


def with_assumed(
    columns: tuple[str, ...], rows: list[tuple[Any, ...]], by: tuple[str, ...], assumed: Mapping[Any, Any]
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Put the assumed cost beside the cost."""
    at = columns.index("cost_usd") + 1
    shown = [(*row[:at], assumed.get(row[: len(by)]) or None, *row[at:]) for row in rows]
    return (*columns[:at], "assumed_cost_usd", *columns[at:]), shown
