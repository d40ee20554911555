"""Hits to the waterfall: what was spent, what each detector takes off what is left, and what remains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from llmcost.detect.detector import CERTAINTIES
from llmcost.detect.run import Hits
from llmcost.store import Store

COLUMNS = ("line", "requests", "saving_usd", "saving_low_usd", "saving_high_usd", "standalone_usd", "remaining_usd")
RANGE = ("saving_usd", "saving_low_usd", "saving_high_usd")
DAYS_PER_MONTH = 30
UNIT = Decimal("0.000001")  # a projection is divided, so it is rounded
LEAST_WINDOW = timedelta(days=3)
Row = dict[str, Any]


@dataclass(frozen=True)
class Savings:
    """The waterfall as rows of COLUMNS, the subtotals by certainty, and a month's worth.

    `totals` has spend_usd, saving_usd with its range, and remaining_usd. `monthly` is None where the logs span less
    than three days; else the same for 30 days, with `days`, what the logs span.
    """

    rows: list[tuple[Any, ...]]
    by_certainty: dict[str, Row]
    totals: Row
    monthly: Row | None


def savings(store: Store, hits: Hits) -> Savings:
    """Add up the claims of `hits`; after `claim`."""
    (spent,) = store.records("select * from spent")
    (saved,) = store.records("select * from saved")
    found = {row["place"]: row for row in store.records("select * from waterfall")}
    remaining = spend = spent["spend_usd"]
    rows = [row_of("spend", {"requests": int(spent["requests"]), "remaining_usd": spend})]
    for place, name in enumerate(hits.tables):
        line = found.get(place, dict.fromkeys((*RANGE, "standalone_usd"), Decimal(0)) | {"requests": 0})
        remaining = less(remaining, line["saving_usd"])
        rows.append(row_of(name, {**line, "remaining_usd": remaining}))
    totals = {**saved, "spend_usd": spend, "remaining_usd": less(spend, saved["saving_usd"])}
    rows.append(row_of("what remains", {**totals, "requests": None}))
    certainties = {row.pop("line"): row for row in store.records("select * from certainties")}
    by_certainty = {name: certainties[name] for name in CERTAINTIES if name in certainties}
    return Savings(rows, by_certainty, totals, monthly(totals, spent))


def less(amount: Decimal | None, saving: Decimal | None) -> Decimal | None:
    """Take a saving away; what is not known takes nothing away, and from what is not known nothing can be taken."""
    return None if amount is None else amount - (saving or 0)


def row_of(line: str, values: Row) -> tuple[Any, ...]:
    """Write one row of the waterfall."""
    return tuple(line if name == "line" else values.get(name) for name in COLUMNS)


def monthly(totals: Row, spent: Row) -> Row | None:
    """Project to 30 days what at least three days of logs show."""
    if spent["first_us"] is None or totals["spend_usd"] is None or totals["saving_usd"] is None:
        return None
    first, last = (datetime.fromtimestamp(spent[name] / 1e6, UTC) for name in ("first_us", "last_us"))
    if last - first < LEAST_WINDOW:
        return None
    days = (last.date() - first.date()).days + 1
    names = ("spend_usd", *RANGE, "remaining_usd")
    return {"days": days, **{name: (totals[name] * DAYS_PER_MONTH / days).quantize(UNIT) for name in names}}
