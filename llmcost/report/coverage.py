"""How much of a scope its costs speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from llmcost.pricing import Book
from llmcost.report.nothing import why_nothing
from llmcost.report.query import queries
from llmcost.store import Engine, Scope

SUMMARIES = """
    select max(pruned_before)
    from summaries
    where
        started_at >= coalesce(cast($since as timestamp), started_at)
        and started_at < coalesce(cast($until as timestamp), timestamp 'infinity')
"""
# A cost of 0 that the log itself proves: answered from the gateway's cache, or failed without a token.
KNOWN = ("priced", "provisioned", "gateway cache", "no usage")


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

    `requests = priced_requests + the sum of unpriced + usage_missing`. `assumed_requests` are priced at a rate that the
    book takes from a neighbouring one, and `agent_requests` are a coding agent's, which a subscription may cover.
    `file_time_requests` have no time of their own in the log; what they cost of all `cost_usd` is asked for where there
    are any, and else None. `nothing` says why there are no requests, where there are none.
    """

    requests: int
    priced_requests: int
    usage_missing: int
    unpriced: tuple[Unpriced, ...]
    assumed_requests: int
    file_time_requests: int
    agent_requests: int
    file_time_cost_usd: Decimal | None = None
    cost_usd: Decimal | None = None
    nothing: str = ""
    summaries_before: date | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every request has a cost."""
        return self.priced_requests == self.requests


def coverage_of(engine: Engine, book: Book) -> Coverage:
    """Price a whole store with `book` and say what its costs cover."""
    return coverage(engine.price(book).scope())


def coverage(scope: Scope) -> Coverage:
    """Count what of a scope has a cost, and group the rest by reason; of an empty one, say why it is."""
    found = scope.records(queries()["coverage"])
    if not found:
        return Coverage(0, 0, 0, (), 0, 0, 0, nothing=why_nothing(scope.priced, scope.filters))
    unpriced = tuple(
        Unpriced(row["model"], row["provider"], row["price_status"], row["requests"])
        for row in found
        if row["price_status"] not in (*KNOWN, "usage missing")
    )
    file_time_requests = sum(int(row["file_time_requests"]) for row in found)
    costs = scope.records(queries()["file_time"])[0] if file_time_requests else {}
    return Coverage(
        requests=sum(row["requests"] for row in found),
        priced_requests=sum(row["requests"] for row in found if row["price_status"] in KNOWN),
        usage_missing=sum(row["requests"] for row in found if row["price_status"] == "usage missing"),
        unpriced=unpriced,
        assumed_requests=sum(int(row["assumed_requests"]) for row in found),
        file_time_requests=file_time_requests,
        agent_requests=sum(int(row["agent_requests"]) for row in found),
        summaries_before=summaries_before(scope),
        **costs,
    )


def summaries_before(scope: Scope) -> date | None:
    """Give the day before which requests were pruned, where the window has summaries of them."""
    if not scope.engine.run("select 1 from summaries limit 1").rows:
        return None
    window = {"since": scope.filters.since, "until": scope.filters.until}
    found: datetime | None = scope.engine.run(SUMMARIES, parameters=window).rows[0][0]
    return found.date() if found else None
