"""`llmcost export prometheus`: gauges in a file that is whole at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from llmcost.cli.coverage import print_coverage
from llmcost.cli.detectors import run_detectors
from llmcost.cli.export.options import GaugeSelection, PrometheusOptions
from llmcost.cli.notes import note
from llmcost.cli.output import write_bytes
from llmcost.cli.progress import step_line
from llmcost.configuration import open_configuration
from llmcost.detect import savings
from llmcost.errors import InputError
from llmcost.export.prometheus.gauges import BY, budget_gauges, check_size, group_gauges, savings_gauge, window_gauges
from llmcost.export.prometheus.text import Gauge, write
from llmcost.pricing import Book
from llmcost.report import Coverage, coverage
from llmcost.store import Filters, Store, parse_when

MODE = 0o644  # the collector is another user


def run_prometheus(selection: GaugeSelection, options: PrometheusOptions) -> int:
    """Write the gauges, then what they cover on stderr; 4 under --strict where it is incomplete, the file written."""
    now = datetime.now(UTC).replace(tzinfo=None)
    # an age counts from the moment that the file names
    filters = replace(
        selection.filters, since=parse_when(selection.since, now.replace(tzinfo=UTC), selection.filters.zone)
    )
    book = selection.book
    gauges, covered = measured(selection, book, options, filters, now)
    check_size(gauges)
    write_bytes(["".join(write(gauges)).encode()], selection.output, MODE)
    print_coverage(book, covered, strict=selection.strict)
    return 0


def measured(
    selection: GaugeSelection, book: Book, options: PrometheusOptions, filters: Filters, now: datetime
) -> tuple[list[Gauge], Coverage]:
    """Measure everything in its order, and what of it has a cost."""
    limits = open_configuration().budgets
    with selection.open() as store:
        with step_line() as step:
            step("prices")
            priced = store.price(book)
            times = window_gauges(priced, filters, book.checked, now)
            step("measuring")
            groups = group_gauges(priced, filters, BY if options.by is None else options.by, options.top)
            held = budget_gauges(priced, limits, filters)
            covered = coverage(priced.scope(filters))
        saved = list(savings_gauges(store, book, filters)) if options.savings else []
    return [*groups, *held, *saved, *times], covered


def savings_gauges(store: Store, book: Book, filters: Filters) -> Iterator[Gauge]:
    """Run all detectors, each dollar claimed once; none where none can run on these logs."""
    try:
        claims = run_detectors(store, book, filters)
    except InputError as error:
        note(f"savings: not known; {error.message}")
        return
    yield savings_gauge(savings(claims))
