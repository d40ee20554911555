"""Find the record that a request was made of in its file again, by the request's id."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from llmcost.ingest.documents import TOKENS, records_in
from llmcost.ingest.election import elect
from llmcost.ingest.format import Format, formats
from llmcost.ingest.json_text import NotJson, decode
from llmcost.ingest.places import openable
from llmcost.ingest.recognise import read_head, sample
from llmcost.ingest.shapes import BOM, delimiter_of, records_of, row_of, shape_of
from llmcost.ingest.sieve import BadLine, parse
from llmcost.ingest.sources import BINARY, BREAKS, MAX_LINE_BYTES, Source, open_lines, open_source

BLOCK_BYTES = 1 << 20
# of so many records that hold an id, the first
MOST = 20
# under these keys stands another record's id
OTHERS = re.compile(r"parent|previous", re.IGNORECASE)


class Original(NamedTuple):
    """A record as it stands in its file: the line, or a Parquet file's row, where it begins, and its bytes."""

    line: int
    text: bytes
    record: Any


@dataclass(frozen=True)
class Originals:
    """The records that fit a request best, in the order of the file; `id` is what they were found by."""

    path: str
    shape: str
    id: str | None
    found: tuple[Original, ...]


def find_originals(path: str, format: str, ids: Sequence[str], known: frozenset[str] = frozenset()) -> Originals:
    """Find the records of a file that hold the first of `ids` that any holds, as a value.

    Of several the ones that have most of the values `known`: a retry or a reply may name the id, too. The file is
    read as a stream. Raises InputError where the file cannot be read.
    """
    source = open_source(openable(path), is_named=True)
    is_text = source.compression not in BINARY
    head = read_head(source) if is_text else b""
    shape = shape_of(head) or "lines" if is_text else source.compression
    best: list[Original] = []
    best_rank = (len(ids), 0)
    for original in originals_of(source, shape, head, format, ids):
        held = values_of(original.record)
        rank = (next((at for at, id in enumerate(ids) if id in held), len(ids)), -len(held & known))
        if rank < best_rank:
            best, best_rank = [], rank
        if rank == best_rank and rank[0] < len(ids) and len(best) < MOST:
            best.append(original)
    return Originals(path, shape, ids[best_rank[0]] if best else None, tuple(best))


def originals_of(source: Source, shape: str, head: bytes, format: str, ids: Sequence[str]) -> Iterator[Original]:
    """Read the records that may hold one of the ids, as far as the file can be read."""
    needles = [needle for id in ids for needle in needles_of(id)]
    with suppress(*BREAKS, csv.Error):
        if shape == "lines":
            yield from lines_with(source, needles)
        elif shape == "documents":
            known = formats().get(format)
            is_wrapped, _ = elect(sample(source, shape, head), known)
            yield from documents_with(source, needles, known if is_wrapped else None)
        elif shape == "events":
            yield from events_with(source, needles)
        elif shape == "csv":
            yield from rows_with(source, ids)
        else:
            for number, text in records_of(source, shape):
                if any(needle in text for needle in needles):
                    yield Original(number, text + b"\n", decode(text))


def needles_of(id: str) -> Iterator[bytes]:
    """Write an id as JSON has it at its end, so that r-1 is not looked for in r-10; a number may stand bare."""
    for text in dict.fromkeys((id, id.replace("/", "\\/"))):
        for ascii_only in (False, True):
            inner = json.dumps(text, ensure_ascii=ascii_only)[1:-1].replace("\\\\/", "\\/")
            yield from [inner.encode()] if id.isdigit() else [inner.encode() + b'"', inner.encode() + b"\\"]


def lines_with(source: Source, needles: Sequence[bytes]) -> Iterator[Original]:
    """Read the lines that hold one of the needles; blocks without one are only counted."""
    before = 0
    with open_lines(source) as stream:
        while block := stream.read(BLOCK_BYTES) + stream.readline(MAX_LINE_BYTES):
            if any(needle in block for needle in needles):
                for number, line in enumerate(io.BytesIO(block), start=before + 1):
                    if any(needle in line for needle in needles):
                        yield from readable(number, line, line.removeprefix(BOM))
            before += block.count(b"\n")


def readable(number: int, text: bytes, record: bytes) -> Iterator[Original]:
    """Give a record if it is JSON."""
    with suppress(BadLine, RecursionError):
        yield Original(number, text, parse(record))


def events_with(source: Source, needles: Sequence[bytes]) -> Iterator[Original]:
    """Read the events of a stream that hold one of the needles, without what frames them."""
    for number, text in records_of(source, "events"):
        if any(needle in text for needle in needles):
            yield from readable(number, text + b"\n", text)


def documents_with(source: Source, needles: Sequence[bytes], wrapped: Format | None) -> Iterator[Original]:
    """Read the objects that hold one of the needles out of arrays and pretty-printed JSON, as they are written."""
    with open_lines(source) as stream:
        for line, document in records_in(stream):
            if not any(needle in document for needle in needles):
                continue
            for start, end in [(0, len(document))] if wrapped is None else inner_spans(document, wrapped, needles):
                inner = document[start:end]
                yield from readable(line + document.count(b"\n", 0, start), inner, inner)


def inner_spans(document: bytes, format: Format, needles: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Find the objects of a format in a document that hold one of the needles, or else the document itself."""
    begins: list[int] = []
    is_found = False
    for token in TOKENS.finditer(document):
        mark = token.group()
        if mark in (b"{", b"["):
            begins.append(token.start())
        elif mark in (b"}", b"]") and begins:
            start, end = begins.pop(), token.end()
            if mark == b"}" and any(document.find(needle, start, end) >= 0 for needle in needles):
                with suppress(NotJson):
                    if format.claims(decode(document[start:end])):
                        is_found = True
                        yield start, end
    if not is_found:
        yield 0, len(document)


def rows_with(source: Source, ids: Sequence[str]) -> Iterator[Original]:
    """Read the rows of a table that hold one of the ids, each with all the lines that it runs over."""
    held: list[bytes] = []
    with open_lines(source) as stream:
        head = stream.readline().removeprefix(BOM).decode(errors="replace")
        mark = delimiter_of(head.encode()) or ","
        names = [name.strip() for name in next(csv.reader([head], delimiter=mark))]
        number = 2
        for cells in csv.reader(remembered(stream, held), delimiter=mark):
            text = b"".join(held)
            held.clear()
            if len(cells) <= len(names) and any(id in cell for cell in cells for id in ids):
                yield Original(number, text, decode(row_of(names, cells)))
            number += text.count(b"\n")


def remembered(stream: Any, held: list[bytes]) -> Iterator[str]:
    """Read lines as text and keep their bytes."""
    for line in stream:
        held.append(line)
        yield line.decode(errors="replace")


def values_of(record: Any) -> set[str]:
    """Collect the texts and whole numbers of a record, those of JSON inside text too, but no other record's id."""
    found: set[str] = set()
    left = [record]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += [inner for key, inner in value.items() if not OTHERS.search(key)]
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str):
            found.add(value)
            if value[:1] in ("{", "["):
                with suppress(NotJson):
                    left.append(decode(value))
        elif isinstance(value, int):
            found.add(str(value))
    return found
