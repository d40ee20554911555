"""`llmcost check --dry-run-power`: which changes these cases and runs can show."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from llmcost.check.keys import Keys
from llmcost.check.pairs import PAIRED, pair
from llmcost.check.power import CHANGES, Noise, Seen, evenness, noise_between, noise_within, seen
from llmcost.check.rules import keys_of, rules_of
from llmcost.check.sides import Side, Source, measure
from llmcost.check_settings import CheckSettings
from llmcost.cli.check.options import CheckOptions
from llmcost.cli.check.sides import open_sides, opened
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.places import DEFAULT_BASELINE
from llmcost.cli.reading import Reading
from llmcost.configuration import open_configuration
from llmcost.counts import counted
from llmcost.errors import InputError
from llmcost.render import Table
from llmcost.store import Filters

COLUMNS = ("change_share", "seen_share", "cases_for_80", "cases_for_90", "runs_for_80", "runs_for_90")


def run_power(reading: Reading, options: CheckOptions, given: CheckSettings) -> int:
    """Print how likely changes of all cases are seen. Raises InputError where it is not known how much costs vary."""
    settings, book = given.over(open_configuration().check), reading.book
    limits = rules_of(settings).limits
    with ExitStack() as stack:
        sides = sides_of(reading, options, keys_of(settings), stack)
        head = sides[-1]
        costs = [float(tried.cost) for tried in head.tried.values() if tried.cost is not None]
        noise = replace(noise_of(sides), evenness=evenness(costs))
    cases, runs = len(head.tried), min((len(tried.runs) for tried in head.tried.values()), default=1)
    rows = [row(seen(change, noise, cases, runs, limits)) for change in CHANGES]
    shared = envelope("check", book, Filters(), head.coverage) | {"cases": cases, "runs": runs, "noise": vars(noise)}
    write(Table("Power", COLUMNS, rows, {}, shared), reading)
    note(f"noise: the cost of a run of a case varies by {noise.spread:.1%} ({counted(noise.runs, 'run')})")
    note(f"these traces: {counted(cases, 'case')}, {counted(runs, 'run')} each")
    return 0


def sides_of(reading: Reading, options: CheckOptions, keys: Keys, stack: ExitStack) -> list[Side]:
    """Measure what there is: the traces, and before them what they would be compared with, where that is there."""
    book = reading.book
    if options.baseline or options.against or options.compare or DEFAULT_BASELINE.exists():
        sides = open_sides(reading, options, keys, stack)
        sources = [sides.base, sides.head]
    else:
        sources = [Source(stack.enter_context(opened(reading, reading.paths, keys)), reading.filters, keys)]
    day = sources[-1].day(book)
    return [measure(source, book, day) for source in sources]


def noise_of(sides: list[Side]) -> Noise:
    """Measure the noise of repeats, else of pairs."""
    within = noise_within(tried for side in sides for tried in side.tried.values())
    if within is not None:
        return within
    changes = pair(sides[0], sides[-1]) if len(sides) > 1 else ()
    pairs = [(one.base, one.head) for one in changes if one.state == PAIRED and one.base and one.head]
    between = noise_between(pairs)
    if between is None:
        raise InputError(
            "it is not known how much the cost of a case varies",
            hint="run the suite twice, or compare it with a baseline",
        )
    return between


def row(found: Seen) -> tuple[Any, ...]:
    """Write a change as a row of COLUMNS."""
    return (found.change, found.share, *found.cases, *found.runs)
