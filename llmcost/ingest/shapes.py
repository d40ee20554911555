"""Files that are not JSON lines, brought into that shape: arrays, pretty-printed documents, CSV, Parquet, wrappers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import duckdb

from llmcost.errors import InputError
from llmcost.ingest.databases import database_rows
from llmcost.ingest.documents import records_in
from llmcost.ingest.json_text import NotJson, decode, encode
from llmcost.ingest.sources import (
    BREAKS,
    MAX_LINE_BYTES,
    Bound,
    Source,
    is_json,
    numbered_lines,
    open_lines,
    raise_unless_torn,
)
from llmcost.store.connect import connect

BOM = b"\xef\xbb\xbf"
# header cells look like names; this keeps prose with commas from being taken for a table
HEADER_CELL = re.compile(r"[\w .()\[\]/#:$%-]{1,80}")
# stands for a row or a rest that cannot be read: not a record of any format, so it is named
CUT, NO_ROW = b"{", b"[]"
Numbered = Iterator[tuple[int, bytes]]
# what a slice of a Parquet file's rows may take while it is read
PARQUET_MEMORY = "512MB"
# a line of a stream that a server sends; others name the event or say nothing
DATA = re.compile(rb"data:\s*(?=\{)")
csv.field_size_limit(MAX_LINE_BYTES)


def shape_of(head: bytes) -> str:
    """Tell from a file's beginning how its records lie in it: lines, documents, events or csv.

    `lines` is one JSON object a line. `documents` is everything else in JSON: arrays, objects over several lines, one
    after the other. `events` is a stream as a server sent it. "" where it is none of them.
    """
    text = head.removeprefix(BOM).lstrip()
    lines = text.split(b"\n", 50)[:50]
    if text[:1] == b"{" and len(lines) == 1:
        return "lines" if is_json(text) else "documents"
    if text[:1] == b"[" and not is_json(lines[0]):
        return "documents"
    if text and text[:1] in b"{[":
        return "documents" if goes_on(text, lines[0]) or not any(is_object(line) for line in lines) else "lines"
    if any(DATA.match(line) for line in lines):
        return "events"
    if any(is_object(line) for line in lines):
        return "lines"
    return "csv" if delimiter_of(text) else ""


def goes_on(text: bytes, first: bytes) -> bool:
    """Tell whether the first value of a text goes on behind its first line, or even behind the text."""
    if is_object(first):
        return False
    try:
        decode(text)
    except NotJson as error:
        # what follows a first value is no part of it; what is wrong within the first line is a line that is broken
        return error.place > len(first) + 1 and not is_json(first)
    return True


def is_object(line: bytes) -> bool:
    """Tell whether a line alone is a JSON object."""
    with suppress(NotJson):
        return line.lstrip()[:1] == b"{" and isinstance(decode(line), dict)
    return False


def delimiter_of(text: bytes) -> str | None:
    """Tell what separates the names of a header line, if it is one."""
    first = re.split(rb"[\r\n]", text, maxsplit=1)[0].decode(errors="replace").strip()
    for mark in ",\t;":
        try:
            names = next(csv.reader([first], delimiter=mark), [])
        except csv.Error:
            return None
        if len(names) >= 3 and all(HEADER_CELL.fullmatch(name) for name in names):
            return mark
    return None


def records_of(source: Source, shape: str) -> Numbered:
    """Read the records of a file that is not JSON lines, as JSON, each with the line where it begins."""
    readers: dict[str, Callable[[Source], Numbered]] = {
        "documents": documents,
        "events": events,
        "csv": rows,
        "parquet": parquet_rows,
        "sqlite": database_rows,
    }
    return readers[shape](source)


def events(source: Source) -> Numbered:
    """Read the data of a stream of server-sent events; what frames it is not a record."""
    for number, line in numbered_lines(source):
        if found := DATA.match(line.removeprefix(BOM) if number == 1 else line):
            yield number, line[found.end() :].rstrip(b"\r\n")


def documents(source: Source) -> Numbered:
    """Cut JSON into its top-level objects and the objects of its top-level arrays, each on one line."""
    with open_lines(source) as stream:
        for line, record in records_in(stream, Bound(source)):
            yield line, record.replace(b"\r", b" ").replace(b"\n", b" ")


def rows(source: Source) -> Numbered:
    """Read a CSV or TSV file: the header names the keys, cells that hold JSON are JSON, empty ones are absent."""
    bound, number = Bound(source), 1
    try:
        with open_lines(source) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
            head = text.readline(MAX_LINE_BYTES)
            mark = delimiter_of(head.encode()) or ","
            names = [name.strip() for name in next(csv.reader([head], delimiter=mark), [])]
            for number, cells in numbered_cells(text, mark, bound):
                if cells != []:
                    yield number, NO_ROW if cells is None else row_of(names, cells)
    except BREAKS as error:
        raise_unless_torn(error)
        yield number + 1, CUT


def numbered_cells(text: io.TextIOWrapper, mark: str, bound: Bound) -> Iterator[tuple[int, list[str] | None]]:
    """Cut the lines behind the header into cells, each row with its first line; None for what is not a row."""

    def lines() -> Iterator[str]:
        while line := text.readline(MAX_LINE_BYTES):
            bound.take(len(line))
            yield line

    reader = csv.reader(lines(), delimiter=mark)
    before = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        number, before = before + 1, reader.line_num + 1
        yield number, cells


def row_of(names: list[str], cells: list[str]) -> bytes:
    """Write one row as a JSON object; one with more cells than names is not one, and is refused later."""
    if len(cells) > len(names):
        return encode(cells[: len(names) + 1])
    return encode({name: cell_of(cell) for name, cell in zip(names, cells, strict=False) if cell != ""})


def cell_of(text: str) -> Any:
    """Take the JSON out of a cell, where it holds an object or a list."""
    if text[:1] in ("{", "["):
        with suppress(NotJson):
            return decode(text)
    return text


def parquet_rows(source: Source) -> Numbered:
    """Read the rows of a Parquet file: nested, or flat with JSON in text."""
    bound = Bound(source)
    try:
        with connect(is_shut=True, may=[source.readable]) as connection:
            connection.execute(f"set timezone = 'UTC'; set memory_limit = '{PARQUET_MEMORY}'")
            query = connection.execute("select to_json(t)::varchar from read_parquet($1) as t", [source.readable])
            number = 0
            while found := query.fetchmany(2048):
                for (text,) in found:
                    number += 1
                    bound.take(len(text))
                    yield number, opened(text)
    except duckdb.OutOfMemoryException as error:
        raise InputError(f"{source.path}: its rows unpack to more than {PARQUET_MEMORY} at once") from error
    except duckdb.Error as error:
        # DuckDB's own words may quote a value
        reason = "a text in it is not UTF-8" if "encoding" in str(error) else "it is cut or damaged"
        raise InputError(f"{source.path}: not readable as Parquet: {reason}") from error
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # how DuckDB passes on a Ctrl-C
            raise KeyboardInterrupt from None
        raise


def opened(text: str) -> bytes:
    """Take the JSON out of a row's texts, where one begins like JSON."""
    if '"{' not in text and '"[' not in text:
        return text.encode()
    row = decode(text)
    return encode({key: cell_of(value) if isinstance(value, str) else value for key, value in row.items()})
