"""The same traffic at another model's price, side by side: nothing but the price changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.pricing.nearest import check_model, nearest_hint
from llmcost.report.coverage import Coverage, coverage
from llmcost.report.query import queries
from llmcost.store import Engine, Filters, Repricing, Row, table_of


@dataclass(frozen=True)
class WhatIf:
    """One row per model asked about, their sums, and the coverage of the whole scope as it was."""

    rows: list[Row]
    totals: Row
    coverage: Coverage


def what_if(
    engine: Engine, book: Book, models: Mapping[str, str], filters: Filters, as_of: date | None = None
) -> WhatIf:
    """Price the requests of some models as they were and as if others had served the same tokens.

    Compared are the requests that have both costs; the others are counted. Raises UsageError for a model that no
    request has, or that has no price.
    """
    for other in dict.fromkeys(models.values()):
        check_model(book, other, "--map to")
    scope = engine.price(book, Repricing(as_of)).scope(filters)
    covered = coverage(scope)
    names = [name for (name,) in scope.rows("select distinct model from scope where model is not null")]
    asked = table_of({"asked_model": "varchar"}, [(name,) for name in models])
    was = {"as_it_was": scope.derive(queries()["whatif_asked"], {"asked": asked})}
    repriced = engine.price(book, Repricing(as_of, models)).scope(filters)
    sides = was | {"as_if": repriced.derive(queries()["whatif_as_if"], was)}
    rows = engine.run(queries()["whatif"], sides).records
    unknown = sorted(set(models) - {row["model"] for row in rows})
    if unknown and covered.requests:
        hint = nearest_hint(unknown[0], names, "report --by model shows the names")
        raise UsageError(f"--map {unknown[0]}=...: no request of that model", hint=hint)
    return WhatIf(rows, summed(rows), covered)


def summed(rows: list[Row]) -> Row:
    """Add rows up; a share is the sum's own."""
    totals: Row = {
        name: sum(row[name] or 0 for row in rows)
        for name in ("requests", "compared_requests", "input_tokens", "output_tokens")
    }
    for name in ("cost_usd", "other_cost_usd", "saving_usd"):
        known = [row[name] for row in rows if row[name] is not None]
        totals[name] = sum(known, Decimal(0)) if known else None
    cost, saving = totals["cost_usd"], totals["saving_usd"]
    return totals | {"saving_share": float(saving) / float(cost) if cost else None}
