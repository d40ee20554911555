"""What is said of a group that changed, and of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, tzinfo
from fractions import Fraction

from llmcost.counts import agreeing, counted
from llmcost.render.money import dollars
from llmcost.report.span import describe
from llmcost.why.run import Group, Why

# drivers that do less of the change than this are not named in a sentence
LEAST_SHARE = Fraction(1, 20)
MOST_DRIVERS = 3
# so much of the change is enough to name who made it, where the change is so much of the cost
MUCH = Fraction(3, 5)
LEAST_CHANGE = Fraction(1, 20)
WORDS = {
    "volume": "calls",
    "retries": "retries",
    "mix": "other models",
    "input": "input",
    "cache": "caches",
    "output": "output",
    "rates": "prices",
    "other": "what is not paid by the token",
}


def sentence(one: Group, by: tuple[str, ...], zone: tzinfo) -> str:
    """Say of a group how much, since when, and by what."""
    name = " ".join(
        str(value) if value is not None else f"no {column}" for column, value in zip(by, one.key, strict=False)
    )
    return f"{name} {began(one, zone)}: {signed(one.change_usd)} a day: {', '.join(drivers(one))}"


def began(one: Group, zone: tzinfo) -> str:
    """Say since when."""
    if one.began_at is None:
        return "costs less, and no hour stands out" if one.change_usd < 0 else "costs more, and no hour stands out"
    verb = "began" if one.is_new else "ended" if one.is_over else "rose" if one.change_usd > 0 else "fell"
    # rounded down, since nothing is certain
    certain = "" if one.is_new else f" ({int((one.certainty or 0) * 1000) / 10:.1f}% certain)"
    return f"{verb} on {when(one.began_at, zone)}{certain}"


def when(moment: datetime, zone: tzinfo) -> str:
    """Write a moment with its zone."""
    return f"{describe(moment, zone)} {zone}"


def drivers(one: Group) -> Iterator[str]:
    """Say what did most of it, each with its amount."""
    ordered = sorted(one.notes, key=lambda part: -abs(part.usd))
    named = [part for part in ordered if abs(part.usd) >= abs(one.change_usd) * LEAST_SHARE][:MOST_DRIVERS]
    for part in named:
        yield f"{WORDS[part.driver]} {signed(part.usd)}" + (f" ({part.note})" if part.note else "")


def signed(usd: Fraction) -> str:
    """Write an amount with its sign."""
    return f"{'-' if usd < 0 else '+'}{dollars(float(abs(usd)))}"


def headline(found: Why, by: tuple[str, ...], zone: tzinfo) -> Iterator[str]:
    """Say what all of it comes to, and how few made most of it."""
    change = found.now_usd - found.before_usd
    yield (
        f"a day cost {dollars(float(found.before_usd))} before and costs {dollars(float(found.now_usd))} now:"
        f" {signed(change)}"
    )
    if abs(change) >= LEAST_CHANGE * max(found.before_usd, found.now_usd) > 0:
        makers = few(found, change)
        share = sum((one.change_usd for one in makers), Fraction()) / change
        days = Counter(describe(one.began_at, zone)[:10] for one in makers if one.began_at)
        who = f"{counted(len(makers), ' and '.join(by))} {agreeing(len(makers), 'makes', 'make')}"
        line = f"{who} {float(share):.0%} of it"
        if days:
            day, count = days.most_common(1)[0]
            line += f"; {'it' if len(makers) == 1 else f'{count} of them'} changed on {day}"
        yield line


def few(found: Why, change: Fraction) -> list[Group]:
    """Name the fewest groups that make most of the change."""
    made: list[Group] = []
    missing = abs(change) * MUCH
    for one in sorted(found.groups, key=lambda one: one.change_usd, reverse=change > 0):
        if missing <= 0:
            break
        made.append(one)
        missing -= abs(one.change_usd)
    return made
