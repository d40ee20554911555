"""The cost of single requests as its parts: which price, how much of what, what each part comes to."""

from __future__ import annotations

from typing import Any

from llmcost.pricing.book import FEES
from llmcost.report.query import records, reports
from llmcost.store import Store

Row = dict[str, Any]
COLUMNS = ("request_id", "meter", "quantity", "unit_price_usd", "per", "list_cost_usd", "cost_usd")


def want(store: Store, request_id: str) -> None:
    """Make the table `wanted` of the requests that have this id, or an answer that has it."""
    store.execute(f"create or replace temp table wanted as {reports()['wanted'].query}", {"request": request_id})


def explained(store: Store) -> list[tuple[Row, list[Row]]]:
    """Find the price of each request that is wanted, and its charges; after `load_prices`."""
    charges: dict[int, list[Row]] = {}
    for charge in records(store, "charges"):
        charges.setdefault(charge["dedupe_key"], []).append(charge)
    requests = records(store, "explanation")
    return [(request, charges.get(request["dedupe_key"], [])) for request in requests]


def rows_of(charges: list[Row]) -> list[tuple[Any, ...]]:
    """Write charges as rows of COLUMNS."""
    return [
        (c["request_id"], c["meter"], c["quantity"], c["rate"], per(c), c["list_cost_usd"], c["cost_usd"])
        for c in charges
    ]


def per(charge: Row) -> str:
    """Name the unit of a rate."""
    return "1" if charge["meter"] in FEES else "1000000 tokens"
