"""The cost of single requests as its parts: which price, how much of what, what each part comes to."""

from __future__ import annotations

from typing import Any

from llmcost.pricing.book import FEES
from llmcost.report.query import queries
from llmcost.store import DerivedTable, Priced, Row

COLUMNS = ("request_id", "meter", "quantity", "unit_price_usd", "per", "list_cost_usd", "cost_usd")


def wanted(priced: Priced, request_id: str) -> DerivedTable:
    """Give the requests that have this id, or an answer that has it."""
    return priced.derive(queries()["wanted"], request=request_id)


def explained(priced: Priced, requests: DerivedTable) -> list[tuple[Row, list[Row]]]:
    """Find the price of each request, and its charges."""
    charges: dict[int, list[Row]] = {}
    for charge in priced.records(queries()["charges"], {"wanted": requests}):
        charges.setdefault(charge["dedupe_key"], []).append(charge)
    found = priced.records(queries()["explanation"], {"wanted": requests})
    return [(request, charges.get(request["dedupe_key"], [])) for request in found]


def rows_of(charges: list[Row]) -> list[tuple[Any, ...]]:
    """Write charges as rows of COLUMNS."""
    return [
        (c["request_id"], c["meter"], c["quantity"], c["rate"], per(c), c["list_cost_usd"], c["cost_usd"])
        for c in charges
    ]


def per(charge: Row) -> str:
    """Name the unit of a rate."""
    return "1" if charge["meter"] in FEES else "1000000 tokens"
