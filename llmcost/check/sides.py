"""One side of a check: what each run of each case cost and took, at the prices of one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Any

from llmcost.check.keys import Keys, Traced
from llmcost.check.query import queries
from llmcost.pricing import Book
from llmcost.report import Coverage, coverage
from llmcost.report.span import logged
from llmcost.store import Filters, Repricing, Store


@dataclass(frozen=True)
class Run:
    """One run of a case. `cost` is in USD, None where a request has no cost; `wall_ms` from first to last, or None.

    `answered` are the calls of which an attempt did not fail.
    """

    cost: Fraction | None
    requests: int
    calls: int
    answered: int
    attempts: int
    input_tokens: int
    cache_read_tokens: int
    wall_ms: float | None


@dataclass(frozen=True)
class CaseRuns:
    """A test case and its runs; where a route stands for it, its one run is the whole period.

    `prompt_chars` is how long its longest system prompt is.
    """

    id: str
    runs: tuple[Run, ...]
    prompt_chars: int | None

    @cached_property
    def cost(self) -> Fraction | None:
        """The mean of its runs, in USD; None where one has no cost."""
        costs = [run.cost for run in self.runs if run.cost is not None]
        return sum(costs, Fraction()) / len(self.runs) if len(costs) == len(self.runs) else None


@dataclass(frozen=True)
class Side:
    """What was measured of one side; `uncased` requests name no case and cost `uncased_usd`."""

    tried: Mapping[str, CaseRuns]
    requests: int
    uncased: int
    uncased_usd: Fraction
    coverage: Coverage


@dataclass(frozen=True)
class Source:
    """Where a side comes from: a store, the requests of it, and how they name their cases."""

    store: Store
    filters: Filters
    keys: Keys

    def day(self, book: Book) -> date:
        """Find the day of the last request."""
        # of all requests it is known before any has a price
        if self.filters == Filters(zone=self.filters.zone) and (span := logged(self.store)):
            return span.last.date()
        last: datetime = self.traced(book).records(queries()["uncased"])[0]["last_at"]
        return last.date()

    def names_cases(self, book: Book) -> bool:
        """Tell whether some request names its case."""
        return bool(self.traced(book).value("select count(*) from traced where case_name is not null"))

    def traced(self, book: Book, day: date | None = None) -> Traced:
        """Give its requests at the prices of a book, as on one day."""
        return Traced(self.store.price(book, Repricing(day)).scope(self.filters, None), self.keys)


def measure(source: Source, book: Book, day: date) -> Side:
    """Price a side with a book as on one day, and measure its cases."""
    traced = source.traced(book, day)
    found = groupby(traced.records(queries()["runs"]), key=lambda row: row["case_name"])
    is_by_route = source.keys.is_by_route
    tried = {name: tried_of(name, list(rows), is_by_route) for name, rows in found}
    (rest,) = traced.records(queries()["uncased"])
    return Side(
        tried,
        rest["requests"],
        int(rest["uncased"] or 0),
        Fraction(rest["uncased_cost_usd"] or 0),
        coverage(traced.scope),
    )


def tried_of(name: str, rows: list[dict[str, Any]], is_by_route: bool) -> CaseRuns:
    """Make a case of its runs; of a route, requests without a cost are left out."""
    prompts = [row["system_prompt_chars"] for row in rows if row["system_prompt_chars"] is not None]
    return CaseRuns(name, tuple(run_of(row, is_by_route) for row in rows), max(prompts, default=None))


def run_of(row: dict[str, Any], is_by_route: bool) -> Run:
    """Make a run of its row."""
    is_known = row["cost_usd"] is not None and (is_by_route or not row["uncosted"])
    return Run(
        Fraction(row["cost_usd"]) if is_known else None,
        row["requests"],
        row["calls"],
        row["answered"],
        int(row["attempts"]),
        int(row["input_tokens"]),
        int(row["cache_read_tokens"]),
        None if row["wall_us"] is None else row["wall_us"] / 1000,
    )
