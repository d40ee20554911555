"""What of the page says what made spending change, and since when."""

from __future__ import annotations

from llmcost.errors import InputError, UsageError
from llmcost.render import Section, Table
from llmcost.report import coverage
from llmcost.report.compare import PREVIOUS
from llmcost.report.span import Span
from llmcost.store import Filters, Priced
from llmcost.why import compared, notes, why
from llmcost.why.sentence import headline
from llmcost.why.table import COLUMNS, COSTS, SAYS, rows, totals

BY = ("key",)
SHOWN = (*BY, *COSTS, "began_at", SAYS)
MOST = 5
NAME, TITLE, ANSWERS = "why", "What changed", "Which keys made spending change, by what, and since when?"


def why_section(priced: Priced, filters: Filters, span: Span) -> Section:
    """Compare what is asked for with the same length before, or say why it cannot be."""
    try:
        sides = compared(filters, PREVIOUS, span)
    except (InputError, UsageError) as error:
        return Section(NAME, TITLE, ANSWERS, Table(TITLE, SHOWN, [], {}, {}), notes=(error.message,))
    found = why(priced, sides.before, sides.now, BY)
    places = [(*BY, *COLUMNS).index(name) for name in SHOWN]
    changed = [tuple(row[at] for at in places) for row in rows(found, BY, sides.now.zone, MOST)]
    table = Table(TITLE, SHOWN, changed, totals(found), {}, below=(SAYS,))
    said = (f"{line[0].upper()}{line[1:]}." for line in headline(found, BY, sides.now.zone))
    before = coverage(priced.scope(sides.before))
    return Section(NAME, TITLE, " ".join((ANSWERS, *said)), table, notes=tuple(notes(sides, before)))
