"""`llmcost why`: a row for each group that changed, and a sentence of each."""

from __future__ import annotations

from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.progress import step_line
from llmcost.cli.stores import empty_store
from llmcost.cli.why.options import WhyOptions, WhyReading
from llmcost.errors import UsageError
from llmcost.render import Table
from llmcost.report import coverage
from llmcost.report.span import logged
from llmcost.why import compared, notes, why
from llmcost.why.sentence import headline
from llmcost.why.table import COLUMNS, PARTS, SAYS, rows, totals

DEFAULT = ("key",)
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
        covered, before = (coverage(priced.scope(side)) for side in (sides.now, sides.before))
    shared = envelope("why", reading.book, sides.now, covered) | {
        "compared": {"since": sides.before.since, "until": sides.before.until}
    }
    changed = rows(found, by, sides.now.zone, options.top)
    write(Table("Why", (*by, *COLUMNS), changed, totals(found), shared, HIDDEN, below=(SAYS,)), reading)
    for line in [*headline(found, by, sides.now.zone), *notes(sides, before)]:
        note(line)
    print_coverage(reading.book, covered, strict=reading.strict)
    return 0
