"""The cost that gateways report against ours, request by request, with the mistake that reproduces theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.reconcile.shelves import MACROS, Cause, causes, queries
from llmcost.store import DerivedTable, Engine, Filters, Inputs, Scope
from llmcost.store.quote import literal
from llmcost.store.scope import MAX_GROUPS

BY = ("gateway", "emitter_version", "provider", "model")
UNKNOWN = "unknown"
SHOWN_CAUSES = 3
# A rounded cost proves little where the whole difference is a few roundings large: it must be a hundred of them.
MATCHING = """
    select
        expected.dedupe_key, {cause} as cause, {place} as place, expected.evidence,
        is_same_cost(gaps.reported_micro_usd, expected.expected_micro_usd) as is_exact
    from ({query}) as expected
    join gaps on expected.dedupe_key = gaps.dedupe_key
    where is_same_cost(gaps.reported_micro_usd, expected.expected_micro_usd)
        or (
            abs(gaps.reported_micro_usd - expected.expected_micro_usd) <= gaps.half_unit_micro_usd
            and 100 * gaps.half_unit_micro_usd <= abs(gaps.reported_micro_usd - gaps.list_micro_usd)
        )
"""
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Gaps:
    """Reported against computed cost: `rows` by group, `causes` by group and cause, `totals` of the whole scope."""

    columns: tuple[str, ...]
    rows: list[Row]
    cause_columns: tuple[str, ...]
    causes: list[Row]
    totals: dict[str, Any]


def compare_reported(engine: Engine, book: Book, *, by: tuple[str, ...] = BY, filters: Filters | None = None) -> Gaps:
    """Price the store with `book` and compare its list cost with what the logs report, by the columns of `by`.

    Raises UsageError for a column that does not exist. Money is Decimal USD, exact.
    """
    if "tag" in by:
        raise UsageError("--by tag: a request with two tags would be compared twice", hint="--where tag=NAME selects")
    filters = filters or Filters()
    priced = engine.price(book)
    engine.define(MACROS.read_text(encoding="utf-8"))
    tables = explain(priced.scope(filters))
    names, whole = run(priced.scope(filters), "groups", tables)
    totals = dict(zip(names, whole[0], strict=True)) if whole else dict.fromkeys(names) | {"requests": 0}
    columns, groups = run(priced.scope(filters, by), "groups", tables)
    cause_columns, found = run(priced.scope(filters, by), "causes", tables)
    named = [titled(row, len(by)) for row in found]
    rows = [(*row, note(row[: len(by)], named)) for row in groups]
    return Gaps((*by, *columns, "note"), rows, (*by, *cause_columns), named, totals)


def explain(scope: Scope) -> Inputs:
    """Give the tables `gaps`, the requests that differ, and `explained`, those that one mistake reproduces."""
    gaps = scope.derive(queries()["gaps"])
    alternatives = scope.priced.derive_view(queries()["alternatives"], {"gaps": gaps})
    read = {**scope.priced.tables, "gaps": gaps, "alternatives": alternatives}
    candidates = DerivedTable(" union all ".join(map(matching, causes().values())), read)
    return {"gaps": gaps, "explained": scope.derive(queries()["explained"], {"candidates": candidates})}


def matching(cause: Cause) -> str:
    """Write a query for the gaps whose reported cost one mistake reproduces."""
    return MATCHING.format(query=cause.query, cause=literal(cause.name), place=cause.place)


def run(scope: Scope, name: str, tables: Inputs) -> tuple[tuple[str, ...], list[Row]]:
    """Run a query of the shelf over a scope, with as many of its group columns as were asked for."""
    groups, result = len(scope.by or ()), scope.result(queries()[name], tables)
    return result.columns[MAX_GROUPS:], [row[:groups] + row[MAX_GROUPS:] for row in result.rows]


def titled(row: Row, at: int) -> Row:
    """Name the cause of a row as people read it; none is unknown."""
    cause = causes()[row[at]].title if row[at] else UNKNOWN
    return (*row[:at], cause, row[at + 1] or None, *row[at + 2 :])


def note(group: Row, found: list[Row]) -> str:
    """Write the causes of one group's difference, the largest first, with their shares of it."""
    at = len(group)
    own = [row for row in found if row[:at] == group]
    texts = [f"{name_of(row, at)} {row[-1] or 0:.0%}" for row in own[:SHOWN_CAUSES]]
    return ", ".join(texts + [f"{len(own) - SHOWN_CAUSES} more"] * (len(own) > SHOWN_CAUSES))


def name_of(row: Row, at: int) -> str:
    """Write a cause and what is special about it here."""
    return f"{row[at]} ({row[at + 1]})" if row[at + 1] else str(row[at])
