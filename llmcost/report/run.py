"""Run a report over a scope: its rows, its totals, its coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from llmcost.pricing import Book
from llmcost.shelf import read_shelf
from llmcost.store import Filters, Store
from llmcost.store.prices import Terms, load_prices
from llmcost.store.scope import MAX_GROUPS, create_scope

# A cost of 0 that the log itself proves: answered from the gateway's cache, or failed without a token.
KNOWN = ("priced", "provisioned", "gateway cache", "no usage")
AS_LOGGED = {"model": "model_named", "provider": "provider_name"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Query:
    """One file of the shelf reports."""

    name: str
    query: str
    title: str
    answers: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unpriced:
    """Requests of one model that have no cost, and why."""

    model: str | None
    provider: str | None
    reason: str
    requests: int


@dataclass(frozen=True)
class Coverage:
    """How much of a scope the costs speak of.

    `requests = priced_requests + the sum of unpriced + usage_missing`; `file_time_requests` have no time of their
    own in the log, `assumed_requests` are priced at a rate that the book takes from a neighbouring one, and
    `agent_requests` are a coding agent's, which a subscription may cover.
    """

    requests: int
    priced_requests: int
    usage_missing: int
    unpriced: tuple[Unpriced, ...]
    assumed_requests: int
    file_time_requests: int
    agent_requests: int

    @property
    def is_complete(self) -> bool:
        """Whether every request has a cost."""
        return self.priced_requests == self.requests


@dataclass(frozen=True)
class Report:
    """One table: `columns` in order, `rows` as tuples, `totals` by column over the whole scope."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    totals: Row
    coverage: Coverage
    since: datetime | None
    until: datetime | None


@cache
def reports() -> dict[str, Query]:
    """Read the shelf of reports by name."""
    return read_shelf(resources.files("llmcost.report") / "reports", Query)


def run(
    store: Store,
    book: Book,
    *,
    by: tuple[str, ...] = (),
    filters: Filters | None = None,
    as_of: date | None = None,
    assume: Mapping[str, str] | None = None,
) -> Report:
    """Price the store with `book` and report its spend by the columns of `by`, largest first.

    `as_of` prices every request as on that day. `assume` adds a column `assumed_cost_usd`: what requests without a
    price would cost at another model's, never mixed into the cost.

    Raises UsageError for a column that does not exist. Money is Decimal USD, exact; shares are 0..1; what is unknown
    is None.
    """
    filters = filters or Filters()
    assumed = assumed_costs(store, book, by, filters, Terms(as_of, assume, only_unpriced=True)) if assume else None
    load_prices(store, book, Terms(as_of))
    spend = reports()["spend"]
    create_scope(store, filters)
    names, whole = table(store, spend.query, ())
    # no request at all is no row; its totals are a count of 0 and nothing known
    totals = dict(zip(names, whole[0], strict=True)) if whole else dict.fromkeys(names) | {"requests": 0}
    covered = coverage(store)
    create_scope(store, filters, by)
    columns, rows = table(store, spend.query, by)
    if "tag" in by:
        rows = [share_of(row, columns, totals["cost_usd"]) for row in rows]
    if assumed is not None:
        columns, rows = with_assumed(columns, rows, by, assumed)
        totals["assumed_cost_usd"] = assumed[None]
    return Report(spend.title, columns, rows, totals, covered, filters.since, filters.until)


def assumed_costs(
    store: Store, book: Book, by: tuple[str, ...], filters: Filters, terms: Terms
) -> dict[tuple[Any, ...] | None, Any]:
    """Sum what requests without a price would cost at stand-ins' prices: by group, and of all under None."""
    load_prices(store, book, terms)
    create_scope(store, filters)
    spend = reports()["spend"].query
    names, whole = table(store, spend, ())
    at = names.index("cost_usd")
    costs: dict[tuple[Any, ...] | None, Any] = {None: whole[0][at] if whole else None}
    # what is asked for by model keeps the name in the log, not the stand-in's
    create_scope(store, filters, tuple(AS_LOGGED.get(name, name) for name in by))
    for row in table(store, spend, by)[1]:
        costs[row[: len(by)]] = row[len(by) + at]
    return costs


def with_assumed(
    columns: tuple[str, ...], rows: list[tuple[Any, ...]], by: tuple[str, ...], assumed: Mapping[Any, Any]
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Put the assumed cost beside the cost."""
    at = columns.index("cost_usd") + 1
    shown = [(*row[:at], assumed.get(row[: len(by)]) or None, *row[at:]) for row in rows]
    return (*columns[:at], "assumed_cost_usd", *columns[at:]), shown


def table(store: Store, query: str, by: tuple[str, ...]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Run a report's query and give its group columns the names they were asked for by."""
    result = store.execute(query)
    names = [column[0] for column in result.description][MAX_GROUPS:]
    rows = [row[: len(by)] + row[MAX_GROUPS:] for row in result.fetchall()]
    return (*by, *names), rows


def records(store: Store, name: str, **parameters: Any) -> list[Row]:
    """Run a report of the shelf over the present scope and give its rows by column."""
    return store.records(reports()[name].query, parameters or None)


def share_of(row: tuple[Any, ...], columns: tuple[str, ...], total: Any) -> tuple[Any, ...]:
    """Give a row its share of the scope's own total: a request with two tags stands in two rows."""
    cost = row[columns.index("cost_usd")]
    share = float(cost) / float(total) if cost is not None and total else None
    at = columns.index("cost_share")
    return (*row[:at], share, *row[at + 1 :])


def coverage_of(store: Store, book: Book) -> Coverage:
    """Price a whole store with `book` and say what its costs cover."""
    load_prices(store, book)
    create_scope(store, Filters())
    return coverage(store)


def coverage(store: Store) -> Coverage:
    """Count what of the present scope has a cost, and group the rest by reason."""
    found = records(store, "coverage")
    unpriced = tuple(
        Unpriced(row["model"], row["provider"], row["price_status"], row["requests"])
        for row in found
        if row["price_status"] not in (*KNOWN, "usage missing")
    )
    return Coverage(
        requests=sum(row["requests"] for row in found),
        priced_requests=sum(row["requests"] for row in found if row["price_status"] in KNOWN),
        usage_missing=sum(row["requests"] for row in found if row["price_status"] == "usage missing"),
        unpriced=unpriced,
        assumed_requests=sum(int(row["assumed_requests"]) for row in found),
        file_time_requests=sum(int(row["file_time_requests"]) for row in found),
        agent_requests=sum(int(row["agent_requests"]) for row in found),
    )
