"""Files that are no JSON lines, brought into that shape: arrays, pretty-printed documents, CSV, Parquet, wrappers."""

from __future__ import annotations

import csv
import io
import mmap
import re
import sys
import zlib
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import orjson

from llmcost.errors import InputError, first_line
from llmcost.ingest.sources import Source, is_json, numbered_lines, open_lines, temporary
from llmcost.store.connect import connect

BOM = b"\xef\xbb\xbf"
TOKENS = re.compile(rb'"(?:[^"\\]+|\\.)*+"|[{}\[\]]', re.DOTALL)
# header cells look like names; this keeps prose with commas from being taken for a table
HEADER_CELL = re.compile(r"[\w .()\[\]/#:$%-]{1,80}")
Numbered = Iterator[tuple[int, bytes]]
csv.field_size_limit(min(sys.maxsize, 1 << 30))


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
    with suppress(orjson.JSONDecodeError):
        return line.lstrip()[:1] == b"{" and isinstance(orjson.loads(line), dict)
    return False


def delimiter_of(text: bytes) -> str | None:
    """Tell what separates the names of a header line, if it is one."""
    first = text.split(b"\n", 1)[0].decode(errors="replace").strip()
    for mark in ",\t;":
        names = next(csv.reader([first], delimiter=mark), [])
        if len(names) >= 3 and all(HEADER_CELL.fullmatch(name) for name in names):
            return mark
    return None


def records_of(source: Source, shape: str) -> Numbered:
    """Read the records of a file that is no JSON lines, as JSON, each with the line where it begins."""
    readers: dict[str, Callable[[Source], Numbered]] = {"documents": documents, "csv": rows, "parquet": parquet_rows}
    return readers[shape](source)


def documents(source: Source) -> Numbered:
    """Cut JSON into its top-level objects and the objects of its top-level arrays, each on one line."""
    if source.compression != "none":
        raise TypeError("documents are read from a plain file")
    with Path(source.readable).open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
        line = done = 0
        for start, end in spans(text):
            line += text[done:start].count(b"\n")
            record = text[start:end]
            yield line + 1, record.replace(b"\r", b" ").replace(b"\n", b" ")
            line, done = line + record.count(b"\n"), end
            text.madvise(mmap.MADV_DONTNEED, 0, end // mmap.PAGESIZE * mmap.PAGESIZE or mmap.PAGESIZE)


def spans(text: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Find where each record begins and ends; what is open at the end is a record that was cut."""
    stack: list[bytes] = []
    start = -1
    for token in TOKENS.finditer(text):
        mark = token.group()
        if mark in (b"{", b"["):
            if mark == b"{" and start < 0 and b"{" not in stack and len(stack) <= 1:
                start, depth = token.start(), len(stack)
            stack.append(mark)
        elif mark in (b"}", b"]") and stack:
            stack.pop()
            if start >= 0 and len(stack) == depth:
                yield start, token.end()
                start = -1
    if start >= 0:
        yield start, len(text)


def rows(source: Source) -> Numbered:
    """Read a CSV or TSV file: the header names the keys, cells that hold JSON are JSON, empty ones are absent."""
    with open_lines(source) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        head = text.readline()
        reader = csv.reader(text, delimiter=delimiter_of(head.encode()) or ",")
        names = [name.strip() for name in next(csv.reader([head], delimiter=delimiter_of(head.encode()) or ","))]
        before = 1
        with suppress(csv.Error):
            for cells in reader:
                number, before = before + 1, reader.line_num + 1
                if cells:
                    yield number, row_of(names, cells)


def row_of(names: list[str], cells: list[str]) -> bytes:
    """Write one row as a JSON object; one with more cells than names is no row, and is refused as such later."""
    if len(cells) > len(names):
        return orjson.dumps(cells)
    return orjson.dumps({name: cell_of(cell) for name, cell in zip(names, cells, strict=False) if cell != ""})


def cell_of(text: str) -> Any:
    """Take the JSON out of a cell, where it holds an object or a list."""
    if text[:1] in ("{", "["):
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(text)
    return text


def parquet_rows(source: Source) -> Numbered:
    """Read the rows of a Parquet file: nested, or flat with JSON in text."""
    try:
        with connect(is_shut=True, may=[source.readable]) as connection:
            connection.execute("set timezone = 'UTC'; set memory_limit = '512MB'")
            query = connection.execute("select to_json(t)::varchar from read_parquet($1) as t", [source.readable])
            number = 0
            while found := query.fetchmany(2048):
                for (text,) in found:
                    number += 1
                    yield number, opened(text)
    except duckdb.Error as error:
        raise InputError(f"{source.path}: no readable Parquet: {first_line(error)}") from error


def opened(text: str) -> bytes:
    """Take the JSON out of a row's texts, where one begins like JSON."""
    if '"{' not in text and '"[' not in text:
        return text.encode()
    row = orjson.loads(text)
    return orjson.dumps({key: cell_of(value) if isinstance(value, str) else value for key, value in row.items()})


def unwrapped(record: Any, key: str) -> list[Any]:
    """Take out of a record what it wraps under a key: an object, a list of them, or either as text."""
    value = record.get(key) if isinstance(record, dict) else None
    if isinstance(value, str):
        with suppress(orjson.JSONDecodeError):
            value = orjson.loads(value)
    return value if isinstance(value, list) else [value]


def spool(source: Source, shape: str, wrapper: str | None, folder: str) -> Source:
    """Write the records of a source as JSON lines, remembering the line of each."""
    source = plain(source, folder) if shape == "documents" else source
    numbers = array("Q")
    with temporary(folder) as out:
        for number, text in numbered_lines(source) if shape == "lines" else records_of(source, shape):
            for line in [text.rstrip(b"\r\n")] if wrapper is None else contents(text, wrapper):
                out.write(line + b"\n")
                numbers.append(number)
    return replace(source, readable=out.name, compression="none", line_numbers=numbers)


def contents(text: bytes, wrapper: str) -> list[bytes]:
    """Write what one record wraps; a record that cannot be read stays as it is, to be named later."""
    try:
        return [orjson.dumps(inner) for inner in unwrapped(orjson.loads(text), wrapper)]
    except orjson.JSONDecodeError:
        return [text.rstrip(b"\r\n")]


def plain(source: Source, folder: str) -> Source:
    """Decompress into a copy, as much as there is before an archive breaks off."""
    if source.compression == "none":
        return source
    with temporary(folder) as out, suppress(OSError, EOFError, zlib.error), open_lines(source) as stream:
        while chunk := stream.read(1 << 16):
            out.write(chunk)
    return replace(source, readable=out.name, compression="none")
