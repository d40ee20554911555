"""`llmcost report`: one report over the store, or over logs named on the command line."""

from __future__ import annotations

from llmcost.cli.reading import Reading, envelope, print_coverage, write
from llmcost.render import Table
from llmcost.report import run


def run_report(reading: Reading, by: tuple[str, ...]) -> int:
    """Print the report on stdout and its coverage on stderr; 4 under --strict where it is incomplete."""
    output_format, filters, book = reading.output_format, reading.filters, reading.book
    with reading.open() as store:
        result = run(store, book, by=by, filters=filters)
    shared = envelope("report", filters, book, result.coverage)
    write(Table(result.title, result.columns, result.rows, result.totals, shared), output_format, reading.output)
    print_coverage(book, result.coverage, strict=reading.strict)
    return 0
