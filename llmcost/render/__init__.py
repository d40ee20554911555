"""One small file per output. A column's suffix is its unit, so no renderer knows any report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from llmcost.errors import UsageError
from llmcost.pricing.nearest import among

FORMATS = ("table", "json", "jsonl", "csv", "tsv", "md", "parquet", "xlsx", "html")
BINARY = ("parquet", "xlsx")
# what needs more than llmcost itself does: the library, and how it comes
EXTRAS = {"xlsx": ("xlsxwriter", "pip install 'llmcost-cli[xlsx]'")}
# whose cells a spreadsheet reads
DELIMITED = ("csv", "tsv")
# written to be read, and not to be read in by another program
FOR_PEOPLE = ("table", "md", "html")
# with the totals as one row more
WITH_TOTALS = ("table", "md", "xlsx")
# what the columns of a histogram are called where they are drawn as one
DISTRIBUTION = "distribution"


@dataclass(frozen=True)
class Table:
    """What a renderer gets: columns, rows, totals by column, and what the JSON envelope says besides.

    `hide_when_narrow` names the columns that a narrow terminal leaves out, the first of them first; without it that is
    decided by their totals. `below` names columns of whole sentences, which the terminal's table writes under itself,
    `histogram` those that it draws as one distribution, `bar` the one that it draws bars of. `last` are the names of
    rows that stay last however the others are sorted; `is_chosen` says that somebody asked for just these columns;
    `small` names columns of amounts of which most are less than a cent, which have the decimals that tell them apart.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    totals: dict[str, Any]
    envelope: dict[str, Any]
    hide_when_narrow: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    histogram: tuple[str, ...] = ()
    bar: str = ""
    last: tuple[str, ...] = ()
    is_chosen: bool = False
    small: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A chart over a table's columns.

    `kind` is `series` (lines over the time in `x`), `bars` (a bar for each `x`), `ranges` (a mark at `y` between `low`
    and `high`) or `waterfall` (the rows in their order, `y` what each takes off). `parts` is the column that tells
    lines or colours apart, `order` what is known of their order; the others follow by size. `total` names the last bar
    of a waterfall, the sum of its steps.
    """

    title: str
    kind: str
    table: Table
    x: str
    y: str
    parts: str | None = None
    low: str | None = None
    high: str | None = None
    order: tuple[str, ...] = ()
    total: str = "total"


@dataclass(frozen=True)
class Section:
    """One view of a page: what it answers, its charts, its table, and sentences on what to know of it."""

    name: str
    title: str
    answers: str
    table: Table
    figures: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One table of a workbook: what its tab is called, and sentences on what to know of it."""

    name: str
    table: Table
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """What the HTML renderer gets: `headline` holds the first numbers to see, by label; `notes` prices and coverage."""

    title: str
    headline: dict[str, str]
    notes: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Alarm:
    """A sentence on what is so now; `kind` is bad, warning or nothing."""

    kind: str
    text: str


@dataclass(frozen=True)
class Choice:
    """What can be chosen, and where that leads."""

    label: str
    address: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Live:
    """What a page that is served has beside one in a file: it is asked for again every `poll` seconds.

    `data` says until when there is some, `spend` what all requests cost now, `waiting` what keeps it from being newer.
    `since` and `until` are the ends of a custom range by the clock of `zone`, `names` what is filtered by, each leading
    to the page without it. `links` give where a name of a column leads.
    """

    poll: float
    data: str
    spend: tuple[str, ...]
    waiting: str
    alarms: tuple[Alarm, ...]
    ranges: tuple[Choice, ...]
    is_custom: bool
    since: str
    until: str
    zone: str
    names: tuple[Choice, ...]
    links: Mapping[str, Callable[[str], str]]


def refuse_missing(format: str) -> None:
    """Raise UsageError for a format whose library is not installed."""
    library, comes = EXTRAS.get(format, ("", ""))
    if library and find_spec(library) is None:
        raise UsageError(f"{format}: {library} is not installed", hint=comes)


def render(
    table: Table, format: str, *, width: int | None = None, color: bool = False, raw: bool = False
) -> Iterator[str]:
    """Write a table in one of FORMATS, piece by piece, line ends included.

    `width` and `color` are for the terminal's table alone; without a width it is as wide as it needs. `raw` is for CSV
    and TSV: texts as they are, formulas and control characters too.
    """
    if format not in FORMATS:
        raise UsageError(f"{format}: no such output format", hint=among(format, FORMATS))
    if format in BINARY:
        raise UsageError(f"{format} is not text", hint="render_bytes writes it")
    module = import_module(f"llmcost.render.{'delimited' if format in DELIMITED else format}")
    if format == "table":
        yield from module.write(table, width, color)
    elif format in DELIMITED:
        yield from module.write(table, "," if format == "csv" else "\t", raw=raw)
    else:
        yield from module.write(table)


def render_bytes(table: Table, format: str) -> bytes:
    """Write a table in one of BINARY, the formats that are not text."""
    if format not in BINARY:
        raise UsageError(f"{format} is not binary", hint="render writes text")
    refuse_missing(format)
    module = import_module(f"llmcost.render.{format}")
    return bytes(module.to_bytes(table))
