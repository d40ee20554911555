"""What a fix really saved: the same keys before and after, by what one operation costs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from llmcost.detect.claims import Claims
from llmcost.detect.query import queries

COLUMNS = (
    *("key", "operations_before", "operations_after", "cost_per_operation_before_usd", "cost_per_operation_after_usd"),
    *("expected_usd", "spend_usd", "saved_usd", "predicted_usd", "still_found_usd"),
)
SUMS = COLUMNS[5:]
UNIT = Decimal("0.000001")  # what is divided is rounded
Period = dict[str | None, dict[str, Any]]


def period(claims: Claims) -> Period:
    """Sum claims by key: its operations, what they cost and what of it was found."""
    return {row.pop("key"): row for row in claims.records(queries()["period"])}


def compare(before: Period, after: Period) -> tuple[list[tuple[Any, ...]], dict[str, Any]]:
    """Give rows of COLUMNS, the largest saving first, and totals; of keys whose operations have a cost in both periods.

    `expected_usd` is what the operations after would have cost at what one cost before, `saved_usd` what of that was
    not spent, `predicted_usd` what the detectors had promised for as many operations, `still_found_usd` what they find
    now.
    """
    rows = sorted(compared(before, after), key=lambda row: (-row[7], row[0] or ""))
    totals = {name: sum((row[COLUMNS.index(name)] for row in rows), Decimal(0)) for name in SUMS}
    return rows, totals


def compared(before: Period, after: Period) -> Iterator[tuple[Any, ...]]:
    """Compare key by key."""
    for key, then in before.items():
        now = after.get(key)
        if not now or not then["operations"] or not now["operations"]:
            continue
        if then["spend_usd"] is None or now["spend_usd"] is None:
            continue
        expected = then["spend_usd"] * now["operations"] / then["operations"]
        predicted = then["saving_usd"] * now["operations"] / then["operations"]
        money = (
            *(then["spend_usd"] / then["operations"], now["spend_usd"] / now["operations"]),
            *(expected, now["spend_usd"], expected - now["spend_usd"], predicted, now["saving_usd"]),
        )
        yield key, then["operations"], now["operations"], *(amount.quantize(UNIT) for amount in money)
