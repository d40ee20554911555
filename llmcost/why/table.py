"""What changed as rows: what a day of each group costs before and now, what did it, and a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from fractions import Fraction
from typing import Any

from llmcost.change.factors import FACTORS
from llmcost.change.split import shown
from llmcost.why.run import Group, Why
from llmcost.why.sentence import sentence

COSTS = ("before_per_day_usd", "now_per_day_usd", "change_per_day_usd", "of_change_share")
PARTS = tuple(f"{factor}_usd" for factor in FACTORS)
SAYS = "says"
# after the columns that it is grouped by
COLUMNS = (*COSTS, *PARTS, "began_at", "certainty", "first_requests", SAYS)


def rows(found: Why, by: tuple[str, ...], zone: tzinfo, most: int) -> list[tuple[Any, ...]]:
    """Write a row for each of so many groups that changed most, and one for the others: `by`, then COLUMNS."""
    return [row(one, found, by, zone) for one in cut(found.groups, most)]


def totals(found: Why) -> dict[str, Any]:
    """Add up: COSTS of all groups."""
    return dict(zip(COSTS, costs(found.before_usd, found.now_usd, found), strict=True))


def cut(groups: tuple[Group, ...], most: int) -> Iterator[Group]:
    """Give the groups that changed most, and the others as one."""
    yield from groups[:most]
    rest = groups[most:]
    if rest:
        parts = {factor: sum((one.parts[factor] for one in rest), Fraction()) for factor in FACTORS}
        before, now = (sum((getattr(one, name) for one in rest), Fraction()) for name in ("before_usd", "now_usd"))
        yield Group((f"others ({len(rest):,})", None, None, None), before, now, parts, ())


def row(one: Group, found: Why, by: tuple[str, ...], zone: tzinfo) -> tuple[Any, ...]:
    """Write the row of a group."""
    parts = shown(one.parts)
    return (
        *one.key[: len(by)],
        *costs(one.before_usd, one.now_usd, found),
        *(parts[factor] for factor in FACTORS),
        *(one.began_at, one.certainty, " ".join(one.first) or None),
        sentence(one, by, zone) if one.notes else None,
    )


def costs(before: Fraction, now: Fraction, found: Why) -> tuple[Any, ...]:
    """Write what a day costs before and now, and which part of the whole change that is."""
    whole = found.now_usd - found.before_usd
    usd = [shown({"": value})[""] for value in (before, now)]
    return (*usd, usd[1] - usd[0], float((now - before) / whole) if whole else None)
