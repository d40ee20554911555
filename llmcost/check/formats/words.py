"""The sentences of a check that several formats share."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from llmcost.check import Checked
from llmcost.check.decision import PASS
from llmcost.check.pairs import Change
from llmcost.check.verdict import percent
from llmcost.counts import counted
from llmcost.render.money import decimals_for, dollars, signed_dollars

REASONS = 6
# a change that is certain but less than this is not worth a comment
LITTLE = 0.01


def headline(found: Checked) -> str:
    """Say the verdict, the change and its interval, and the costs of a run."""
    compared, interval = found.compared, found.compared.decision.interval
    was, now = money(compared.base_usd, found), money(compared.head_usd, found)
    cost = "cost per run" if compared.by == "case" else "cost of the same requests"
    if interval is None:
        return f"{found.verdict.outcome.upper()}: {cost} {was} -> {now}"
    span = f"95 % CI {percent(interval.low)} to {percent(interval.high)}"
    return f"{found.verdict.outcome.upper()}: {cost} {percent(interval.ratio)} ({span}), {was} -> {now}"


def basis(found: Checked) -> str:
    """Say what was compared, and at which prices."""
    compared = found.compared
    parts = [counted(len(compared.paired), f"paired {compared.by}"), f"prices of {compared.day}"]
    if compared.by == "case" and compared.paired:
        base = sorted({len(change.base.runs) for change in compared.paired if change.base})
        head = sorted({len(change.head.runs) for change in compared.paired if change.head})
        parts.insert(1, f"runs of each {span(base)} -> {span(head)}")
    if found.is_edited:
        parts.insert(0, "an edited baseline")
    return ", ".join(parts)


def edited_line(baseline: Path) -> str:
    """Say that a baseline holds what llmcost did not measure."""
    return (
        f"{baseline}: edited since llmcost wrote it, its checksum is missing or of other numbers; "
        "`llmcost baseline accept` measures anew"
    )


def span(counts: list[int]) -> str:
    """Write one number, or the least and the most."""
    return f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"


def first_reasons(found: Checked) -> list[str]:
    """Give the reasons in words, of many the first."""
    texts = [reason.text for reason in found.verdict.reasons]
    return texts[:REASONS] + ([f"and {len(texts) - REASONS:,} more"] if len(texts) > REASONS else [])


def is_unchanged(found: Checked) -> bool:
    """Tell whether there is nothing to say: it passes, nothing is to be noted, and what differs may be chance."""
    interval = found.compared.decision.interval
    is_little = interval is None or abs(interval.ratio - 1) < LITTLE or not found.compared.decision.is_significant
    return found.verdict.outcome == PASS and not found.verdict.notes and is_little


def times(change: Change) -> str:
    """Write how many times as much a case costs."""
    return "" if change.ratio is None else f"{change.ratio:.2f}x"


def price_line(found: Checked) -> str:
    """Say what prices alone have changed; nothing where they have not."""
    compared = found.compared
    if not compared.price_usd:
        return ""
    change = signed(compared.price_usd, found)
    return f"prices: {change} a run since {compared.base_day}, of the same tokens; in no part of the change above"


def money(amount: Fraction, found: Checked) -> str:
    """Write USD with as many digits as the smaller of both sides needs."""
    return dollars(amount, decimals(found))


def signed(amount: Fraction, found: Checked) -> str:
    """Write a difference in USD to the same digits."""
    return signed_dollars(amount, decimals(found))


def decimals(found: Checked) -> int:
    """Count the decimals that show what a run costs on both sides."""
    return decimals_for(found.compared.base_usd, found.compared.head_usd)
