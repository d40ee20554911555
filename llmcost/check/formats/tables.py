"""What a check found as tables: its cases, and why they cost more; and as one document."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from llmcost.change.split import shown
from llmcost.check import Checked
from llmcost.check.pairs import PAIRED, Change
from llmcost.render import Table

DIGITS = 21
COLUMNS = (
    *("case_id", "state", "cost_per_run_before_usd", "cost_per_run_usd", "cost_per_run_change_usd", "times"),
    *("runs_before", "runs", "requests_before", "requests", "mark"),
)
HIDE_WHEN_NARROW = ("requests_before", "requests", "runs_before", "runs", "state")
NAMES = {
    "volume": "volume",
    "retries": "retries",
    "mix": "model mix",
    "input": "input tokens",
    "cache": "cache share",
    "output": "output tokens",
    "rates": "rates",
    "other": "other",
}


def cases_table(found: Checked, shared: Mapping[str, Any]) -> Table:
    """Make the table of all cases, what grew most first."""
    totals = {
        "cost_per_run_before_usd": usd(found.compared.base_usd),
        "cost_per_run_usd": usd(found.compared.head_usd),
        "cost_per_run_change_usd": usd(found.compared.delta_usd),
    }
    title = f"{found.compared.by}s"
    columns = (found.compared.by, *COLUMNS[1:]) if found.compared.by != "case" else COLUMNS
    return Table(title, columns, [row(change) for change in in_order(found)], totals, dict(shared), HIDE_WHEN_NARROW)


def in_order(found: Checked) -> list[Change]:
    """Put those over the cap first, then the largest changes, and what cannot be compared last."""
    return sorted(
        found.compared.changes,
        key=lambda one: (not one.is_over, one.state != PAIRED, -abs(one.delta_usd or Fraction()), one.id),
    )


def row(change: Change) -> tuple[Any, ...]:
    """Write a case as a row of COLUMNS."""
    base, head = change.base, change.head
    return (
        change.id,
        change.state,
        usd(change.base_usd),
        usd(change.head_usd),
        usd(change.delta_usd),
        change.ratio,
        len(base.runs) if base else None,
        len(head.runs) if head else None,
        sum(run.requests for run in base.runs) if base else None,
        sum(run.requests for run in head.runs) if head else None,
        "over the cap" if change.is_over else None,
    )


def why_rows(found: Checked) -> list[tuple[str, Fraction, float | None, str]]:
    """List what the change comes from, the largest first, each with the routes that it shows most in."""
    parts = {name: part for name, part in shown(found.compared.split.parts, DIGITS).items() if part}
    delta = found.compared.delta_usd
    return [
        (NAMES[name], Fraction(part), float(Fraction(part) / delta) if delta else None, where(found, name))
        for name, part in parts.items()
    ]


def where(found: Checked, driver: str, most: int = 2) -> str:
    """Say in which routes, and how."""
    own = [part for part in found.compared.split.by_route if part.driver == driver and part.note]
    most_usd = max((abs(part.usd) for part in own), default=Fraction())
    parts = [part for part in own if abs(part.usd) * 100 > most_usd]
    parts.sort(key=lambda part: -abs(part.usd))
    return "; ".join(f"{part.route}: {part.note}" for part in parts[:most])


def usd(amount: Fraction | None) -> Decimal | None:
    """Write USD with every digit that there is, and of a third as many as a cost may have."""
    if amount is None:
        return None
    scaled = amount * 10**DIGITS
    return Decimal(round(scaled)).scaleb(-DIGITS)


def document(found: Checked) -> dict[str, Any]:
    """Write what the JSON says besides its cases."""
    compared, decision = found.compared, found.compared.decision
    return {
        "verdict": found.verdict.outcome,
        "by": compared.by,
        "reasons": [vars(reason) for reason in found.verdict.reasons],
        "notes": list(found.verdict.notes),
        "priced_as_of": compared.day,
        "base_day": compared.base_day,
        "is_baseline_edited": found.is_edited,
        "paired": len(compared.paired),
        "cost_per_run_before_usd": usd(compared.base_usd),
        "cost_per_run_usd": usd(compared.head_usd),
        "cost_per_run_change_usd": usd(compared.delta_usd),
        "price_change_usd": usd(compared.price_usd),
        "interval": None if decision.interval is None else vars(decision.interval),
        "sign_flips": None if decision.flips is None else vars(decision.flips),
        "why": [
            {"why": name, "per_run_usd": usd(part), "of_change_share": of_change, "where": where}
            for name, part, of_change, where in why_rows(found)
        ],
    }
