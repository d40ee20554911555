"""`llmcost report`: one report over the store, or over logs named on the command line."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmcost.cli.books import open_book
from llmcost.cli.problems import print_problems
from llmcost.cli.progress import progress_bar
from llmcost.errors import IncompleteError, InputError, UsageError
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.render import FORMATS, Table, render
from llmcost.report import Coverage, Report, run
from llmcost.store import Filters, Store, parse_when

SHOWN_UNPRICED = 5


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    paths: tuple[str, ...]
    by: tuple[str, ...]
    since: str | None
    until: str | None
    where: tuple[str, ...]
    format: str | None
    output: Path | None
    db: Path
    pricing: Path | None
    strict: bool


def run_report(request: Request) -> int:
    """Print the report on stdout and its coverage on stderr; 4 under --strict where it is incomplete."""
    output_format = format_of(request.format, request.output)
    filters = Filters(parse_when(request.since), parse_when(request.until), request.where)
    book = open_book(request.pricing)
    with open_store(request.paths, request.db) as store:
        if not store.value("select count(*) from requests"):
            raise InputError(f"{request.db}: the store is empty", hint="llmcost ingest PATH fills it")
        result = run(store, book, by=request.by, filters=filters)
    write(to_table(result, book), output_format, request.output)
    for line in [book_line(book), *coverage_lines(result.coverage)]:
        print(line, file=sys.stderr)
    if request.strict and not result.coverage.is_complete:
        missing = result.coverage.requests - result.coverage.priced_requests
        raise IncompleteError(f"--strict: {missing:,} of {result.coverage.requests:,} requests have no cost")
    return 0


def format_of(format: str | None, output: Path | None) -> str:
    """Take the format that was asked for, or that the output's name ends in, or the terminal's table."""
    suffix = output.suffix.removeprefix(".") if output else ""
    chosen = format or (suffix if suffix in FORMATS else "table")
    if chosen not in FORMATS:
        raise UsageError(f"--format {chosen}: no such output format", hint=f"one of {', '.join(FORMATS)}")
    return chosen


def open_store(paths: tuple[str, ...], db: Path) -> Store:
    """Open the store read-only, or read the named logs into memory."""
    if not paths:
        return Store(db, read_only=True)
    store = Store()
    with progress_bar(store) as progress:
        summary = ingest(store, paths, progress=progress)
    print_problems(summary)
    if not summary.new:
        raise InputError("not one request was found in these logs", hint="llmcost doctor tells what they hold")
    return store


def to_table(result: Report, book: Book) -> Table:
    """Put a report into the envelope that every format shares."""
    covered = result.coverage
    envelope: dict[str, Any] = {
        "schema_version": 1,
        "command": "report",
        "window": {"since": result.since, "until": result.until},
        "pricing": {"sha256": book.sha256, "checked": None if book.checked is None else str(book.checked)},
        "coverage": {
            "requests": covered.requests,
            "priced_requests": covered.priced_requests,
            "unpriced": [vars(item) for item in covered.unpriced],
            "usage_missing": covered.usage_missing,
        },
    }
    return Table(result.title, result.columns, result.rows, result.totals, envelope)


def write(table: Table, format: str, output: Path | None) -> None:
    """Render to a file or to stdout; width and colour follow the terminal."""
    if output is not None:
        try:
            with output.open("w", encoding="utf-8") as file:
                file.writelines(render(table, format))
        except OSError as error:
            raise UsageError(f"{output}: cannot be written: {error.strerror}") from error
        return
    is_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if is_terminal or "COLUMNS" in os.environ else None
    color = is_terminal and not os.environ.get("NO_COLOR")
    sys.stdout.writelines(render(table, format, width=width, color=color))


def book_line(book: Book) -> str:
    """Name the book, so that the same numbers can be had again."""
    return f"prices: book {book.sha256[:12]}, checked {book.checked or 'never'}"


def coverage_lines(covered: Coverage) -> Iterator[str]:
    """Say how much of the requests the costs speak of, and why not of the rest."""
    share = covered.priced_requests / covered.requests if covered.requests else 1
    yield f"coverage: {covered.priced_requests:,} of {covered.requests:,} requests have a cost ({share:.1%})"
    if covered.usage_missing:
        yield f"usage missing: {covered.usage_missing:,} answered without usage; billed, but not known how much"
    for item in covered.unpriced[:SHOWN_UNPRICED]:
        name = "/".join(part for part in (item.provider, item.model) if part) or "(no model)"
        yield f"unpriced: {name}: {item.reason} ({item.requests:,} requests)"
    if len(covered.unpriced) > SHOWN_UNPRICED:
        yield f"unpriced: ... and {len(covered.unpriced) - SHOWN_UNPRICED} more; -f json lists all"
    if covered.assumed_requests:
        yield f"assumed: {covered.assumed_requests:,} priced at a neighbouring rate where the book names none"
    if covered.file_time_requests:
        yield f"time: {covered.file_time_requests:,} logged without a time; the file's own date stands for it"
