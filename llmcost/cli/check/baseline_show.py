"""`llmcost baseline show`: the cases of a baseline, priced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llmcost.check import Source
from llmcost.check.baseline import Baseline
from llmcost.check.baseline_read import read_baseline
from llmcost.check.formats.tables import usd
from llmcost.check.formats.words import edited_line
from llmcost.check.keys import Keys
from llmcost.check.restore import restore
from llmcost.check.run import cost_per_run
from llmcost.check.sides import CaseRuns, measure
from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import BookTable
from llmcost.render import Table
from llmcost.store import Filters

SUMMED = ("runs", "requests", "input_tokens", "cache_read_tokens")
COLUMNS = ("case_id", *SUMMED, "cost_per_run_usd", "least_per_run_usd", "most_per_run_usd")
HIDE_WHEN_NARROW = ("least_per_run_usd", "most_per_run_usd")


def run_show(reading: BookTable, file: Path, *, strict: bool) -> int:
    """Print the cases of a baseline, priced as on the day of its last request."""
    baseline, book = read_baseline(file), reading.book
    with restore(baseline) as store:
        side = measure(Source(store, Filters(), Keys()), book, baseline.priced_on)
    rows = [row(tried) for tried in side.tried.values()]
    totals = {
        **{name: sum(found[at] for found in rows) for at, name in enumerate(COLUMNS) if name in SUMMED},
        "cost_per_run_usd": usd(cost_per_run(side)),
    }
    shared = envelope("baseline show", book, Filters(), side.coverage) | {"baseline": header(baseline)}
    write(Table("Baseline", COLUMNS, rows, totals, shared, HIDE_WHEN_NARROW), reading)
    if not baseline.is_intact:
        note(edited_line(file))
    for name, value in header(baseline).items():
        note(f"{name}: {value}")
    print_coverage(book, side.coverage, strict=strict)
    return 0


def row(tried: CaseRuns) -> tuple[Any, ...]:
    """Write a case as a row of COLUMNS."""
    costs = [run.cost for run in tried.runs if run.cost is not None]
    return (
        tried.id,
        len(tried.runs),
        sum(run.requests for run in tried.runs),
        sum(run.input_tokens for run in tried.runs),
        sum(run.cache_read_tokens for run in tried.runs),
        usd(tried.cost),
        usd(min(costs, default=None)),
        usd(max(costs, default=None)),
    )


def header(baseline: Baseline) -> dict[str, str]:
    """Give what a baseline says about itself."""
    found = {
        "created_at": baseline.created_at.isoformat(),
        "commit": baseline.commit,
        "reason": baseline.reason,
        "case_key": baseline.case_key,
        "priced_on": baseline.priced_on.isoformat(),
        "prices": baseline.prices and baseline.prices[:12],
    }
    return {name: value for name, value in found.items() if value}
