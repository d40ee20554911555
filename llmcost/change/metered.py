"""What was sent and paid by meter, from sums of a query: those of one price and one number of attempts a row."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from llmcost.change.factors import Traffic

# meters, and what the query calls their tokens; reasoning is output at a rate of its own
METERS = {
    "input": ("input",),
    "cache_read": ("cache_read",),
    "cache_write": ("cache_write",),
    "cache_write_1h": ("cache_write_1h",),
    "output": ("text_output", "reasoning"),
}


def summed(route: str, model: str, cohort: str, rows: list[dict[str, Any]]) -> Traffic:
    """Add up the rows of one route, model and cohort: sums over `runs` runs, or over as many days."""
    tokens = {meter: sum((used(row, names) for row in rows), Fraction()) for meter, names in METERS.items()}
    costs = {meter: sum((paid(row, names) for row in rows), Fraction()) for meter, names in METERS.items()}
    whole = sum((Fraction(row["cost_usd"]) / row["runs"] for row in rows), Fraction())
    return Traffic(
        route,
        model,
        sum((Fraction(row["requests"], row["runs"]) for row in rows), Fraction()),
        sum((Fraction(row["requests"], row["runs"] * row["attempts"]) for row in rows), Fraction()),
        tokens,
        {**costs, "other": whole - sum(costs.values())},
        cohort,
    )


def used(row: dict[str, Any], names: tuple[str, ...]) -> Fraction:
    """Count the tokens of a meter in one run or day."""
    return Fraction(sum(int(row[f"{name}_tokens"]) for name in names), row["runs"])


def paid(row: dict[str, Any], names: tuple[str, ...]) -> Fraction:
    """Price them."""
    return sum(
        (
            Fraction(int(row[f"{name}_tokens"])) * Fraction(row[f"{name}_usd_per_token"] or 0) / row["runs"]
            for name in names
        ),
        Fraction(),
    )
