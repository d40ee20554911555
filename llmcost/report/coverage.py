"""How much of a scope its costs speak of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from llmcost.pricing import Book
from llmcost.report.nothing import why_nothing
from llmcost.report.query import records
from llmcost.store import Filters, Store
from llmcost.store.prices import load_prices
from llmcost.store.scope import create_scope

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

    @property
    def is_complete(self) -> bool:
        """Whether every request has a cost."""
        return self.priced_requests == self.requests


def coverage_of(store: Store, book: Book) -> Coverage:
    """Price a whole store with `book` and say what its costs cover."""
    load_prices(store, book)
    create_scope(store, Filters())
    return coverage(store)


def coverage(store: Store) -> Coverage:
    """Count what of the present scope has a cost, and group the rest by reason; of an empty one, say why it is."""
    found = records(store, "coverage")
    if not found:
        return Coverage(0, 0, 0, (), 0, 0, 0, nothing=reason(store))
    unpriced = tuple(
        Unpriced(row["model"], row["provider"], row["price_status"], row["requests"])
        for row in found
        if row["price_status"] not in (*KNOWN, "usage missing")
    )
    file_time_requests = sum(int(row["file_time_requests"]) for row in found)
    costs = records(store, "file_time")[0] if file_time_requests else {}
    return Coverage(
        requests=sum(row["requests"] for row in found),
        priced_requests=sum(row["requests"] for row in found if row["price_status"] in KNOWN),
        usage_missing=sum(row["requests"] for row in found if row["price_status"] == "usage missing"),
        unpriced=unpriced,
        assumed_requests=sum(int(row["assumed_requests"]) for row in found),
        file_time_requests=file_time_requests,
        agent_requests=sum(int(row["agent_requests"]) for row in found),
        **costs,
    )


def reason(store: Store) -> str:
    """Say why the present scope is empty, and leave it as it is."""
    asked, by, kept = store.asked
    if asked is None:
        return ""
    found = why_nothing(store, asked)
    create_scope(store, asked, by, kept=kept)
    return found
