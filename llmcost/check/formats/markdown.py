"""A check as the comment of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from llmcost.check import Checked
from llmcost.check.comment import UNCHANGED, marker
from llmcost.check.formats.tables import in_order, why_rows
from llmcost.check.formats.words import basis, first_reasons, headline, is_unchanged, money, price_line, signed, times
from llmcost.check.pairs import PAIRED, Change
from llmcost.render.md import escaped

LARGEST = 5
# a comment has room for so many cases; the JSON has all
ROOM = 200


def markdown(found: Checked, key: str | None = None) -> str:
    """Write the comment, its hidden marker first; a check that saw no change says so in another."""
    lines = [marker(key)]
    if is_unchanged(found):
        lines.append(UNCHANGED)
    lines += [f"### llmcost: {headline(found)}", basis(found), ""]
    lines += [f"- **{escaped(text)}**" for text in first_reasons(found)]
    lines += ["", *why_lines(found)] if found.compared.delta_usd else []
    lines += ["", *largest(found)]
    if price_line(found):
        lines += ["", price_line(found)]
    lines += ["", *details(found)]
    if found.verdict.reasons:
        lines += ["", 'Intended? `llmcost baseline accept TRACES --reason "..."`, and commit `.llmcost/baseline.json`.']
    return "\n".join(lines) + "\n"


def why_lines(found: Checked) -> Iterator[str]:
    """Write what the change comes from."""
    yield "| why | USD a run | share | where |"
    yield "| --- | ---: | ---: | --- |"
    for name, part, share, where in why_rows(found):
        of_change = "" if share is None else f"{share:.0%}"
        yield f"| {escaped(name)} | {signed(part, found)} | {of_change} | {escaped(where)} |"


def largest(found: Checked) -> Iterator[str]:
    """Name the cases that grew most."""
    grown = sorted((change for change in found.compared.paired if (change.delta_usd or 0) > 0), key=growth)
    if grown:
        named = (
            f"{escaped(change.id)} {times(change)}{over(change)} ({amounts(change, found)})"
            for change in grown[:LARGEST]
        )
        yield f"**Largest increases**: {', '.join(named)}"


def growth(change: Change) -> tuple[bool, Fraction]:
    """Put what is over the cap first, then the largest."""
    return not change.is_over, -(change.delta_usd or Fraction())


def over(change: Change) -> str:
    """Say that a case is over the cap."""
    return ", over the cap" if change.is_over else ""


def amounts(change: Change, found: Checked) -> str:
    """Write a case's costs."""
    was, now = change.base_usd or Fraction(), change.head_usd or Fraction()
    return f"{money(was, found)} -> {money(now, found)}"


def details(found: Checked) -> Iterator[str]:
    """Write all cases, the method and what was left out, folded."""
    yield f"<details><summary>All {found.compared.by}s, method, notes</summary>"
    yield ""
    for note in found.verdict.notes:
        yield f"- {escaped(note)}"
    yield from method(found)
    yield ""
    yield from rows(found, [change for change in in_order(found) if change.state == PAIRED])
    yield ""
    yield "</details>"


def method(found: Checked) -> Iterator[str]:
    """Say by what the verdict was found."""
    decision = found.compared.decision
    if decision.interval is not None:
        yield f"- paired bootstrap: p = {decision.interval.p_value:.3g}"
    flips = decision.flips
    if flips is not None:
        yield f"- sign flips of log ratios: geometric mean {flips.ratio:.3f}x, p = {flips.p_value:.3g}"


def rows(found: Checked, paired: Sequence[Change]) -> Iterator[str]:
    """Write the cases, the largest change first."""
    yield f"| {found.compared.by} | before | now | times |"
    yield "| --- | ---: | ---: | ---: |"
    for change in paired[:ROOM]:
        was, now = change.base_usd or Fraction(), change.head_usd or Fraction()
        yield f"| {escaped(change.id)} | {money(was, found)} | {money(now, found)} | {times(change)}{over(change)} |"
    if len(paired) > ROOM:
        yield f"| and {len(paired) - ROOM:,} more | | | |"
