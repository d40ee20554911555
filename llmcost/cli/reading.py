"""What every reading command does: open a store or logs, price them, print a table and what it covers."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llmcost.cli.books import open_book
from llmcost.cli.choosing import asked, is_raw
from llmcost.cli.notes import note
from llmcost.cli.output import screen, write_bytes, write_text
from llmcost.cli.progress import progress_bar
from llmcost.counts import agreeing, counted, part_of
from llmcost.errors import IncompleteError, InputError, UsageError
from llmcost.pricing import Book
from llmcost.pricing.nearest import among
from llmcost.render import BINARY, FORMATS, Table, render, render_bytes
from llmcost.render.cell import sanitize_for_terminal
from llmcost.render.choose import choose
from llmcost.render.money import dollars
from llmcost.report import Coverage
from llmcost.store import Filters, Store, parse_when
from llmcost.store.connection import TIME_LIMIT
from llmcost.store.zone import read_zone

SHOWN_UNPRICED = 5


@dataclass(frozen=True)
class Reading:
    """The options that all reading commands share, as the command line gives them."""

    paths: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    where: tuple[str, ...] = field(default=())
    format: str | None = None
    output: Path | None = None
    db: Path = Path("llmcost.duckdb")
    pricing: Path | None = None
    strict: bool = False
    memory_limit: str | None = None
    tz: str = "UTC"
    timeout: float = TIME_LIMIT

    @property
    def output_format(self) -> str:
        """The output format asked for, by name or by the ending of the output file."""
        return format_of(self.format, self.output)

    @property
    def filters(self) -> Filters:
        """The requests asked for."""
        zone = read_zone(self.tz)
        since, until = parse_when(self.since, zone=zone), parse_when(self.until, zone=zone)
        if since and until and since >= until:
            raise UsageError(f"--since {self.since} is not before --until {self.until}", hint="--since 7d --until 24h")
        return Filters(since, until, self.where, zone)

    @property
    def book(self) -> Book:
        """The price book at hand: the shipped one and the layers over it."""
        return open_book(self.pricing)

    def open(self, *, may: Sequence[str] = ()) -> Store:
        """Open the store read-only, or read the named logs into memory; raises InputError where it is empty.

        `may` names the folders that its queries write files in.
        """
        store = open_store(self.paths, self.db, may=may)
        store.time_limit = self.timeout
        if self.memory_limit is not None:
            bound_memory(store, self.memory_limit)
        if not store.value("select count(*) from requests"):
            store.close()
            raise InputError(f"{self.db}: the store is empty", hint="llmcost ingest PATH fills it")
        return store


def bound_memory(store: Store, limit: str) -> None:
    """Let queries use only so much memory and spill the rest to disk. Raises UsageError for what is no size."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?([KMGT]i?)?B", limit, re.IGNORECASE):
        raise UsageError(f"--memory-limit {limit}: no size", hint="for example --memory-limit 1GB")
    store.execute(f"set memory_limit = '{limit}'")


def format_of(format: str | None, output: Path | None) -> str:
    """Take the format that was asked for, or that the output's name ends in, or the terminal's table."""
    suffix = output.suffix.removeprefix(".") if output else ""
    chosen = format or (suffix if suffix in FORMATS else "table")
    if chosen not in FORMATS:
        raise UsageError(f"--format {chosen}: no such output format", hint=among(chosen, FORMATS))
    if chosen in (*BINARY, "html") and output is None and sys.stdout.isatty():
        raise UsageError(f"--format {chosen}: not for a terminal", hint=f"-o FILE.{chosen} writes it, or pipe it on")
    return chosen


def open_store(
    paths: tuple[str, ...],
    db: Path,
    case_key: str | None = None,
    like: Store | None = None,
    *,
    whole: bool = False,
    may: Sequence[str] = (),
) -> Store:
    """Open the store read-only, or read the named logs into memory; then it is shut in, but for what it `may` open.

    `case_key` is the key of their metadata that names the test case; `like` a store that hashes prompts the same.
    Where a named file cannot be read the command ends with 3; raises InputError where `whole`, since it is a part.
    """
    if not paths:
        return Store(db, read_only=True, may=may)
    # reading a store needs nothing of this
    from llmcost.cli.problems import print_problems
    from llmcost.cli.unread import tell
    from llmcost.ingest import Options, ingest, refusal_of, share_hashing

    store = Store()
    if like is not None:
        share_hashing(store, like)
    options = Options() if case_key is None else Options(case_key=case_key)
    with progress_bar(store) as progress:
        summary = ingest(store, paths, options=options, progress=progress)
    store.sandbox(may)
    print_problems(summary)
    if summary.refused and whole:
        raise refusal_of(summary.refused)
    tell(summary.refused)
    if not summary.new:
        raise InputError("not one request was found in these logs", hint="llmcost doctor tells what they hold")
    return store


def envelope(command: str, filters: Filters, book: Book, covered: Coverage) -> dict[str, Any]:
    """Make the envelope that every output of a command shares."""
    return {
        "schema_version": 1,
        "command": command,
        "window": {"since": filters.since, "until": filters.until},
        "pricing": {"sha256": book.sha256, "checked": None if book.checked is None else str(book.checked)},
        "coverage": {
            "requests": covered.requests,
            "priced_requests": covered.priced_requests,
            "unpriced": [vars(item) for item in covered.unpriced],
            "usage_missing": covered.usage_missing,
        },
    }


def write(table: Table, format: str, output: Path | None) -> None:
    """Render to a file or to stdout; width and colour follow the terminal, columns and order --columns and --sort."""
    table, raw = choose(table, asked()), is_raw(format)
    if format in BINARY:
        write_bytes([render_bytes(table, format)], output)
        return
    on = screen(output)
    write_text(render(table, format, width=on.width, color=on.color, raw=raw), output)
    if format == "table" and on.width:
        tell_left_out(table, on.width)


def tell_left_out(table: Table, width: int) -> None:
    """Name on stderr the columns that the terminal has no room for."""
    from llmcost.render.table import left_out

    missing = left_out(table, width)
    if missing:
        others = "name fewer with --columns" if table.is_chosen else "--columns names those to show"
        note(f"no room for: {', '.join(missing)}; {others}, a wider terminal shows more, -f csv has all")


def book_line(book: Book) -> str:
    """Name the book, so that the same numbers can be had again."""
    return f"prices: book {book.sha256[:12]}, checked {book.checked or 'never'}"


def coverage_lines(covered: Coverage) -> Iterator[str]:
    """Say how much of the requests the costs speak of, and why not of the rest."""
    if not covered.requests:
        yield f"nothing: {covered.nothing}" if covered.nothing else "nothing: no request is asked for"
        return
    share = covered.priced_requests / covered.requests
    priced = part_of(covered.priced_requests, covered.requests, "request")
    yield f"coverage: {priced} {agreeing(covered.priced_requests, 'has', 'have')} a cost ({share:.1%})"
    if covered.usage_missing:
        yield f"usage missing: {covered.usage_missing:,} answered without usage; billed, but not known how much"
    for item in covered.unpriced[:SHOWN_UNPRICED]:
        name = sanitize_for_terminal("/".join(part for part in (item.provider, item.model) if part)) or "(no model)"
        yield f"unpriced: {name}: {item.reason} ({counted(item.requests, 'request')})"
    if len(covered.unpriced) > SHOWN_UNPRICED:
        yield f"unpriced: ... and {len(covered.unpriced) - SHOWN_UNPRICED} more; -f json lists all"
    if covered.assumed_requests:
        yield f"assumed: {covered.assumed_requests:,} priced at a neighbouring rate where the book names none"
    if covered.agent_requests:
        yield f"API-equivalent: {covered.agent_requests:,} of a coding agent; a subscription may cover them"
    yield from file_time_lines(covered)


def file_time_lines(covered: Coverage) -> Iterator[str]:
    """Say how much is known to no hour, since its log has no times."""
    if not covered.file_time_requests:
        return
    counts = part_of(covered.file_time_requests, covered.requests, "request")
    own, all_of_it = covered.file_time_cost_usd, covered.cost_usd
    spent = counts if own is None or all_of_it is None else f"{dollars(own)} of {dollars(all_of_it)} ({counts})"
    yield f"time: {spent} has no time of its own, only its file's date; --where is_file_time=false leaves it out"


def print_coverage(book: Book, covered: Coverage, *, strict: bool) -> None:
    """Say on stderr which book priced how much; raises IncompleteError under --strict where it is not all."""
    for line in [book_line(book), *coverage_lines(covered)]:
        note(line)
    if strict and not covered.requests:
        raise IncompleteError("--strict: there is no request to speak of")
    if strict and not covered.is_complete:
        missing = covered.requests - covered.priced_requests
        raise IncompleteError(
            f"--strict: {part_of(missing, covered.requests, 'request')} {agreeing(missing, 'has', 'have')} no cost"
        )
