"""`llmcost export`: the store, or logs named on the command line, as FOCUS rows or as Parquet by day."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.progress import step_line
from llmcost.cli.reading import Reading, Selection
from llmcost.counts import counted
from llmcost.export import beside, check_folder, export_days, export_focus
from llmcost.render import Table
from llmcost.report import coverage


def run_focus(reading: Reading, by: tuple[str, ...], version: str, billing_account: str | None) -> int:
    """Print the rows on stdout and what they cover on stderr; 4 under --strict where it is incomplete."""
    filters, book = reading.filters, reading.book
    if reading.format is None and reading.output_format == "table":
        reading = replace(reading, format="csv")
    with reading.open() as store:
        found = export_focus(store, book, version=version, by=by, filters=filters, billing_account=billing_account)
        covered = coverage(store.price(book).scope(filters))
    shared = envelope("export focus", book, filters, covered) | {"focus_version": version}
    write(Table(found.title, found.columns, found.rows, dict(found.totals), shared), reading)
    print_coverage(book, covered, strict=reading.strict)
    return 0


def run_days(selection: Selection, name: str, folder: Path, *, force: bool) -> int:
    """Write Parquet by day into a folder, and say on stderr what it covers; 4 under --strict where it is incomplete."""
    filters, book, command = selection.filters, selection.book, f"export {name}"
    check_folder(folder, command, force=force)
    with selection.open(may=[str(beside(folder))]) as store, step_line() as step:
        step("prices")
        scope = store.price(book).scope(filters)
        covered = coverage(scope)
        step("writing")
        written = export_days(scope, name, folder, envelope(command, book, filters, covered), force=force)
    note(f"wrote: {counted(written.rows, 'row')} of {counted(written.days, 'day')} to {folder}")
    if written.kept:
        note(f"kept: {counted(written.kept, 'file')} in it not of this export")
    print_coverage(book, covered, strict=selection.strict)
    return 0
