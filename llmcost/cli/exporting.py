"""`llmcost export focus`: the store, or logs named on the command line, as FOCUS rows."""

from __future__ import annotations

from llmcost.cli.reading import Reading, envelope, print_coverage, write
from llmcost.export import export_focus
from llmcost.render import Table
from llmcost.report.run import coverage


def run_focus(reading: Reading, by: tuple[str, ...], version: str, billing_account: str | None) -> int:
    """Print the rows on stdout and what they cover on stderr; 4 under --strict where it is incomplete."""
    output_format, filters, book = reading.output_format, reading.filters, reading.book
    if reading.format is None and output_format == "table":
        output_format = "csv"
    with reading.open() as store:
        found = export_focus(store, book, version=version, by=by, filters=filters, billing_account=billing_account)
        covered = coverage(store)
    shared = envelope("export focus", filters, book, covered) | {"focus_version": version}
    write(Table(found.title, found.columns, found.rows, dict(found.totals), shared), output_format, reading.output)
    print_coverage(book, covered, strict=reading.strict)
    return 0
