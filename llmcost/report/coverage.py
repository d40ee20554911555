"""How much of a scope its costs speak of."""

from __future__ import annotations

from dataclasses import dataclass

from llmcost.pricing import Book
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
