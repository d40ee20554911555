"""Bills that are tables: what the consoles of OpenAI and Anthropic export, FOCUS, and day, model, amount."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from llmcost.counts import counted
from llmcost.errors import InputError
from llmcost.reconcile.bill import Bill, Line, bill_of, dollars_only, moment, money
from llmcost.reconcile.spelling import SEARCH, is_search

DAY = timedelta(days=1)
DELIMITERS = (",", "\t", ";")
Cells = dict[str, str]


@dataclass(frozen=True)
class Kind:
    """The columns of one kind of table, lower-case, each by its names, the best first."""

    name: str
    provider: str | None
    day: tuple[str, ...]
    amount: tuple[str, ...]
    names: tuple[str, ...]
    other: tuple[str, ...] = ()
    currency: tuple[str, ...] = ("currency",)
    end: tuple[str, ...] = ()
    category: tuple[str, ...] = ()

    def fits(self, columns: set[str]) -> bool:
        """Tell whether a table with these columns is of this kind."""
        return bool(columns & set(self.day) and columns & set(self.amount))


KINDS = (
    Kind(
        "FOCUS",
        None,
        day=("chargeperiodstart",),
        amount=("billedcost", "effectivecost"),
        names=("skuid", "chargedescription", "resourcename", "skumeter"),
        currency=("billingcurrency",),
        end=("chargeperiodend",),
        category=("chargecategory",),
    ),
    Kind(
        "OpenAI costs",
        "openai",
        day=("start_time_iso", "start_time"),
        amount=("amount_value",),
        names=("line_item",),
        other=("line_item",),
        currency=("amount_currency",),
        end=("end_time_iso", "end_time"),
    ),
    Kind(
        "Anthropic costs",
        "anthropic",
        day=("usage_date_utc",),
        amount=("cost_usd",),
        names=("model", "model_version"),
        other=("model", "model_version", "cost_type", "token_type"),
    ),
    Kind(
        "day, model, amount",
        None,
        day=("day", "date"),
        amount=("amount", "amount_usd", "cost", "cost_usd"),
        names=("model",),
        other=("model",),
    ),
)
USAGE = {"num_model_requests", "usage_output_tokens", "usage_input_tokens_no_cache", "n_requests"}


def read_table(text: str, path: Path) -> Bill | None:
    """Read a table by the names of its columns; None where they are not a bill's."""
    rows = rows_of(text, path)
    place, head = next(rows)
    columns = [cell.strip().lower() for cell in head]
    kind = kind_of(set(columns), place)
    if kind is None:
        return None
    lines: list[Line] = []
    days: list[date] = []
    for place, cells in rows:
        day, line = charge(kind, record(columns, cells, place), place)
        days.append(day)
        lines += [line] if line else []
    return bill_of(kind.name, kind.provider, lines, days, str(path))


def rows_of(text: str, path: Path) -> Iterator[tuple[str, list[str]]]:
    """Give every row that is not blank, with its FILE:LINE."""
    head = text.lstrip("\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=head.count), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield f"{path}:{reader.line_num}", cells
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: broken CSV: {error}", hint="is a quote not closed?") from error


def kind_of(columns: set[str], place: str) -> Kind | None:
    """Recognise a table by its columns; one of usage alone has no cost to compare with."""
    for kind in KINDS:
        if kind.fits(columns):
            return kind
    if columns & USAGE:
        raise InputError(f"{place}: an export of usage, without costs", hint="export the costs, not the usage")
    return None


def record(columns: list[str], cells: list[str], place: str) -> Cells:
    """Put the cells of a row under their columns."""
    if len(cells) != len(columns):
        raise InputError(
            f"{place}: {counted(len(cells), 'cell')} under {counted(len(columns), 'column')}",
            hint="is there a delimiter in a name?",
        )
    return {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}


def charge(kind: Kind, cells: Cells, place: str) -> tuple[date, Line | None]:
    """Read one row: its day, and its charge unless it has no amount, as a day on which nothing was used."""
    start = moment(first(cells, kind.day), place)
    amount = first(cells, kind.amount)
    if not amount and kind.provider != "openai":
        raise InputError(f"{place}: no amount", hint=f"the column is {' or '.join(kind.amount)}")
    if not amount:
        return start.date(), None
    dollars_only(first(cells, kind.currency), place)
    category = first(cells, kind.category)
    if category not in ("", "Usage"):
        return start.date(), Line(start.date(), money(amount, place), (), category.lower())
    end = first(cells, kind.end)
    if end and moment(end, place) - start > DAY:
        raise InputError(f"{place}: a charge of more than a day", hint="export the bill by day")
    names = tuple(cells[name] for name in kind.names if cells.get(name))
    other = SEARCH if any(is_search(text) for text in (*names, *cells.values())) else first(cells, kind.other)
    return start.date(), Line(start.date(), money(amount, place), names, other or None)


def first(cells: Cells, columns: tuple[str, ...]) -> str:
    """Take the first of some columns that holds something."""
    return next((cells[column] for column in columns if cells.get(column)), "")
