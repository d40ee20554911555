"""Hits to the waterfall: what was spent, what each detector takes off what is left, and what remains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from llmcost.detect.claims import Claims
from llmcost.detect.detector import CERTAINTIES
from llmcost.detect.query import queries
from llmcost.store import Row

APART = tuple(f"{certainty}_usd" for certainty in CERTAINTIES)
RANGE = ("saving_usd", "saving_low_usd", "saving_high_usd")
REMAINING = ("remaining_usd", "remaining_low_usd", "remaining_high_usd")
COLUMNS = ("line", "requests", *APART, *RANGE, "standalone_usd", "remaining_usd")
DAYS_PER_MONTH = 30
UNIT = Decimal("0.000001")  # a projection is divided, so it is rounded
LEAST_WINDOW = timedelta(days=3)
NOTHING = {"requests": 0, **dict.fromkeys((*RANGE, "standalone_usd"), Decimal(0))}


@dataclass(frozen=True)
class Savings:
    """The waterfall as rows of COLUMNS, the subtotals by certainty, and a month's worth.

    `steps` names each certainty of each detector that saves something, with its dollars, in the order of the
    waterfall. `totals` has spend_usd, saving_usd with its range, the same by certainty (APART) and what remains with
    its range. `monthly` is None where the logs span less than three days; else the same for 30 days, with `days`,
    what the logs span.
    """

    rows: list[tuple[Any, ...]]
    steps: list[tuple[str, str, Decimal]]
    by_certainty: dict[str, Row]
    totals: Row
    monthly: Row | None


def savings(claims: Claims) -> Savings:
    """Add up claims."""
    (spent,) = claims.records(queries()["spent"])
    found = {(row["place"], row["certainty"]): row for row in claims.records(queries()["waterfall"])}
    totals = {**saved_totals(claims), "spend_usd": spent["spend_usd"]}
    totals |= remaining_of(totals)
    rows = [row_of("spend", {"requests": int(spent["requests"]), "remaining_usd": spent["spend_usd"]})]
    remaining = spent["spend_usd"]
    steps = []
    for place, name in enumerate(claims.hits.by_detector):
        line = found.get((place, None), NOTHING)
        remaining = less(remaining, line["saving_usd"])
        apart = {certainty: found.get((place, certainty), NOTHING)["saving_usd"] for certainty in CERTAINTIES}
        steps += [(name, certainty, saving) for certainty, saving in apart.items() if saving]
        rows.append(row_of(name, {**line, **named_apart(apart), "remaining_usd": remaining}))
    rows.append(row_of("what remains", {**totals, "requests": None}))
    return Savings(rows, steps, by_certainty(found), totals, monthly(totals, spent))


def saved_totals(claims: Claims) -> Row:
    """Count each request and its dollars once: how many, what they save with its range, and that by certainty."""
    (saved,) = claims.records(queries()["saved"])
    sums = claims.records(queries()["waterfall"])
    apart = {row["certainty"]: row["saving_usd"] for row in sums if row["place"] is None}
    return {**saved, **named_apart({name: apart.get(name, Decimal(0)) for name in CERTAINTIES})}


def named_apart(apart: Mapping[str, Any]) -> Row:
    """Name what is saved by certainty as columns."""
    return {f"{certainty}_usd": saving for certainty, saving in apart.items()}


def by_certainty(found: Mapping[tuple[int | None, str | None], Row]) -> dict[str, Row]:
    """Take the subtotals of the certainties that there are, the surest first."""
    sums = {name: found[None, name] for name in CERTAINTIES if (None, name) in found}
    return {name: {column: row[column] for column in ("requests", *RANGE)} for name, row in sums.items()}


def remaining_of(totals: Row) -> Row:
    """Say what remains of the spend: at the best estimate, and between the most and the least that is saved."""
    taken = ("saving_usd", "saving_high_usd", "saving_low_usd")
    return {name: less(totals["spend_usd"], totals[saving]) for name, saving in zip(REMAINING, taken, strict=True)}


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
    names = ("spend_usd", *APART, *RANGE, *REMAINING)
    return {"days": days, **{name: projected(totals[name], days) for name in names}}


def projected(amount: Decimal | None, days: int) -> Decimal | None:
    """Project an amount of so many days to a month; what is not known stays so."""
    return None if amount is None else (amount * DAYS_PER_MONTH / days).quantize(UNIT)
