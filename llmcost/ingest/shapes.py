"""Files that are not JSON lines, brought into that shape: arrays, pretty-printed documents, CSV, Parquet, wrappers."""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import duckdb

from llmcost.errors import InputError
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
    temporary,
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
csv.field_size_limit(MAX_LINE_BYTES)


def shape_of(head: bytes) -> str:
    """Tell from a file's beginning how its records lie in it: lines, documents or csv.

    `lines` is one JSON object a line. `documents` is everything else in JSON: arrays, objects over several lines, one
    after the other. "" where it is none of them.
    """
    text = head.removeprefix(BOM).lstrip()
    lines = text.split(b"\n")[:50]
    if text[:1] == b"{" and len(lines) == 1:
        return "lines" if is_json(text) else "documents"
    if text[:1] == b"[" and not is_json(lines[0]):
        return "documents"
    if text and text[:1] in b"{[":
        return "lines" if any(is_object(line) for line in lines) else "documents"
    if any(is_object(line) for line in lines):
        return "lines"
    return "csv" if delimiter_of(text) else ""


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
    readers: dict[str, Callable[[Source], Numbered]] = {"documents": documents, "csv": rows, "parquet": parquet_rows}
    return readers[shape](source)


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


def unwrapped(record: Any, key: str) -> list[Any]:
    """Take out of a record what it wraps under a key: an object, a list of them, or either as text."""
    value = record.get(key) if isinstance(record, dict) else None
    if isinstance(value, str):
        with suppress(NotJson):
            value = decode(value)
    return value if isinstance(value, list) else [value]


def spool(source: Source, shape: str, wrapper: str | None, folder: str) -> Source:
    """Write the records of a source as JSON lines, remembering the line of each."""
    bound = Bound(source)
    numbers = array("Q")
    with temporary(folder) as out:
        for number, text in numbered_lines(source) if shape == "lines" else records_of(source, shape):
            bound.take(len(text))
            for line in [text.rstrip(b"\r\n")] if wrapper is None else contents(text, wrapper):
                out.write(line + b"\n")
                numbers.append(number)
    return replace(source, readable=out.name, compression="none", line_numbers=numbers)


def contents(text: bytes, wrapper: str) -> list[bytes]:
    """Write what one record wraps; a record that cannot be read stays as it is, to be named later."""
    try:
        return [encode(inner) for inner in unwrapped(decode(text), wrapper)]
    except NotJson:
        return [text.rstrip(b"\r\n")]
