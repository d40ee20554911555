"""`llmcost why`: a row for each group that changed, and a sentence of each."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from llmcost.change.factors import FACTORS
from llmcost.change.split import shown
from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.progress import step_line
from llmcost.cli.stores import empty_store
from llmcost.cli.why.options import WhyOptions, WhyReading
from llmcost.counts import part_of
from llmcost.errors import InputError, UsageError
from llmcost.render import Table
from llmcost.report import coverage
from llmcost.report.compare import Windows, spans_line, windows
from llmcost.report.span import Span, logged
from llmcost.store import Filters
from llmcost.why import Group, Why, default_windows, why
from llmcost.why.sentence import headline, sentence

DEFAULT = ("key",)
COSTS = ("before_per_day_usd", "now_per_day_usd", "change_per_day_usd", "of_change_share")
PARTS = tuple(f"{factor}_usd" for factor in FACTORS)
BEGAN = ("began_at", "certainty", "first_requests", "says")
# in a narrow terminal the sentences have them
HIDDEN = (*PARTS, "certainty", "first_requests")


def run_why(reading: WhyReading, options: WhyOptions) -> int:
    """Print what changed. Raises UsageError for groups that count a request several times, or too few of them."""
    by = options.by or DEFAULT
    if "tag" in by:
        raise UsageError("--by tag: a request has several tags, and its cost would count for each", hint="--by key")
    if options.top < 1:
        raise UsageError(f"--top {options.top}: not a number of groups", hint="--top 10")
    with reading.open() as store, step_line() as say:
        say("why")
        span = logged(store)
        if span is None:
            raise empty_store(reading.db)
        sides = compared(reading.filters, options.compare, span)
        priced = store.price(reading.book)
        found = why(priced, sides.before, sides.now, by)
        covered, covered_before = (coverage(priced.scope(side)) for side in (sides.now, sides.before))
    shared = envelope("why", reading.book, sides.now, covered) | {
        "compared": {"since": sides.before.since, "until": sides.before.until}
    }
    rows = [row(one, found, by, sides.now) for one in cut(found.groups, options.top)]
    totals = dict(zip(COSTS, costs(found.before_usd, found.now_usd, found), strict=True))
    columns = (*by, *COSTS, *PARTS, *BEGAN)
    write(Table("Why", columns, rows, totals, shared, HIDDEN, below=("says",)), reading)
    for line in [*headline(found, by, sides.now.zone), spans_line(sides)]:
        note(line)
    if not covered_before.is_complete:
        priced_before = part_of(covered_before.priced_requests, covered_before.requests, "request")
        note(f"before: {priced_before} had a cost; what had none then and has one now looks as if it began")
    print_coverage(reading.book, covered, strict=reading.strict)
    return 0


def compared(filters: Filters, compare: str, span: Span) -> Windows:
    """Choose the two times. Raises InputError where all logs are of one, UsageError where one has no logs."""
    if span.first == span.last:
        raise InputError("all requests began at one moment", hint="two times are compared: ingest logs of another")
    if filters.since is None and filters.until is None:
        filters = default_windows(filters, span)
    return windows(compare, filters, span)


def cut(groups: tuple[Group, ...], top: int) -> Iterator[Group]:
    """Give the groups that changed most, and the others as one."""
    yield from groups[:top]
    rest = groups[top:]
    if rest:
        parts = {factor: sum((one.parts[factor] for one in rest), Fraction()) for factor in FACTORS}
        before, now = (sum((getattr(one, name) for one in rest), Fraction()) for name in ("before_usd", "now_usd"))
        yield Group((f"others ({len(rest):,})", None, None, None), before, now, parts, ())


def row(one: Group, found: Why, by: tuple[str, ...], now: Filters) -> tuple[Any, ...]:
    """Write the row of a group."""
    parts = shown(one.parts)
    return (
        *one.key[: len(by)],
        *costs(one.before_usd, one.now_usd, found),
        *(parts[factor] for factor in FACTORS),
        *(one.began_at, one.certainty, " ".join(one.first) or None),
        sentence(one, by, now.zone) if one.notes else None,
    )


def costs(before: Fraction, now: Fraction, found: Why) -> tuple[Any, ...]:
    """Write what a day costs before and now, and which part of the whole change that is."""
    whole = found.now_usd - found.before_usd
    usd = [shown({"": value})[""] for value in (before, now)]
    return (*usd, usd[1] - usd[0], float((now - before) / whole) if whole else None)
