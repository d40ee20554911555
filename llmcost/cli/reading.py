"""What the options of reading commands mean, as one value: which requests, at which prices, and how they are shown.

A command whose users may set more re-declares a field with its option; one that has no use for an option re-declares it
without. Nothing heavy is imported before it is needed: every help has these options.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from llmcost.cli.options import (
    Columns,
    Database,
    Format,
    Output,
    Paths,
    Pricing,
    RawCells,
    Since,
    Sort,
    Strict,
    Until,
    Where,
)
from llmcost.cli.places import DEFAULT_DB
from llmcost.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from llmcost.pricing import Book
    from llmcost.render.choose import Choice
    from llmcost.store import Filters, Store


@dataclass(frozen=True)
class TableOptions:
    """How a table is written, and where to."""

    format: Format = None
    output: Output = None
    columns: Columns = ()
    sort: Sort = ()
    raw_cells: RawCells = False

    def __post_init__(self) -> None:
        # a format that there is not is refused before anything is read
        _ = self.output_format

    @property
    def output_format(self) -> str:
        """The format asked for, or that the output's name ends in, or the terminal's table. Raises UsageError."""
        from llmcost.pricing.nearest import among
        from llmcost.render import BINARY, FORMATS, refuse_missing

        suffix = self.output.suffix.removeprefix(".") if self.output else ""
        chosen = self.format or (suffix if suffix in FORMATS else "table")
        if chosen not in FORMATS:
            raise UsageError(f"--format {chosen}: no such output format", hint=among(chosen, FORMATS))
        refuse_missing(chosen)
        if chosen in (*BINARY, "html") and self.output is None and sys.stdout.isatty():
            raise UsageError(
                f"--format {chosen}: not for a terminal", hint=f"-o FILE.{chosen} writes it, or pipe it on"
            )
        return chosen

    @property
    def choice(self) -> Choice:
        """The columns and the order that are asked for."""
        from llmcost.render.choose import Choice

        return Choice(self.columns, self.sort)

    def refuse_choice(self, what: str, hint: str) -> None:
        """Refuse --columns, --sort and --raw-cells where there is no table that they could be of. Raises UsageError."""
        from llmcost.render.choose import COLUMNS, SORT

        option = COLUMNS if self.columns else SORT if self.sort else "--raw-cells" if self.raw_cells else ""
        if option:
            raise UsageError(f"{option}: {what} is not a table", hint=hint)


@dataclass(frozen=True)
class BookOptions:
    """Which prices count."""

    pricing: Pricing = None

    @cached_property
    def book(self) -> Book:
        """The shipped price book and the layers over it, loaded once."""
        from llmcost.cli.books import open_book

        return open_book(self.pricing)


@dataclass(frozen=True)
class BookTable(BookOptions, TableOptions):
    """A table about the price book."""


@dataclass(frozen=True)
class Selection(BookOptions):
    """Which requests are read, where from, and at which prices."""

    paths: Paths = ()
    since: Since = None
    until: Until = None
    where: Where = ()
    tz: str = "UTC"
    db: Database = DEFAULT_DB
    prices_as_of: str | None = None
    strict: Strict = False
    memory_limit: str | None = None
    timeout: float | None = None

    @cached_property
    def filters(self) -> Filters:
        """The requests asked for."""
        from llmcost.store import Filters, parse_when
        from llmcost.store.zone import read_zone

        zone = read_zone(self.tz)
        since, until = parse_when(self.since, zone=zone), parse_when(self.until, zone=zone)
        if since and until and since >= until:
            raise UsageError(f"--since {self.since} is not before --until {self.until}", hint="--since 7d --until 24h")
        return Filters(since, until, self.where, zone)

    @property
    def as_of(self) -> date | None:
        """The day whose prices count; None where each request has those of its own day."""
        from llmcost.cli.days import read_day

        return read_day(self.prices_as_of, "--prices-as-of")

    def open(self, *, may: Sequence[str] = ()) -> Store:
        """Open the store read-only, or read the named logs into memory; raises InputError where it is empty.

        `may` names the folders that its queries write files in.
        """
        from llmcost.cli.stores import bound_memory, open_store, refuse_empty

        store = open_store(self.paths, self.db, may=may)
        if self.timeout is not None:
            store.time_limit = self.timeout
        if self.memory_limit is not None:
            bound_memory(store, self.memory_limit)
        refuse_empty(store, self.db)
        return store


@dataclass(frozen=True)
class Reading(Selection, TableOptions):
    """Which requests are read, and how the table of them is written."""


@dataclass(frozen=True)
class WholeReading(Reading):
    """A reading of all requests there are: no option narrows it."""

    since: str | None = None
    until: str | None = None
    where: tuple[str, ...] = ()
    strict: bool = False
