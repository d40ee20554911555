"""Tell how a file's records lie in it, and which format they are of, from the first of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from llmcost.errors import FormatError
from llmcost.ingest.election import elect, is_known
from llmcost.ingest.format import Format, Record
from llmcost.ingest.json_text import NotJson, decode
from llmcost.ingest.settled import settled
from llmcost.ingest.shapes import BOM, records_of, shape_of
from llmcost.ingest.sources import (
    BINARY,
    BREAKS,
    HEAD_BYTES,
    Source,
    digest,
    numbered_lines,
    open_lines,
    raise_unless_torn,
)
from llmcost.ingest.unknown import READABLE, binary_kind, unknown
from llmcost.ingest.wrappers import found_in, outermost

SAMPLE_RECORDS = 200
# a log may begin with what a program says when it starts
SCANNED_RECORDS = 10_000
SAMPLE_BYTES = 1024 * 1024
# small, since what an archive yields before its break is lost within one chunk
CHUNK_BYTES = 16 * 1024


@dataclass(frozen=True)
class Recognised:
    """A source, the shape of its records, whether they lie in or among others, and their format.

    `time_type` tells whether times are numbers (DOUBLE) or text (VARCHAR).
    """

    source: Source
    shape: str
    is_wrapped: bool
    format: Format
    time_type: str


def recognise(source: Source, wanted: Format | None) -> Recognised:
    """Recognise a source by a vote of its first records, or take the format that was asked for.

    Raises FormatError where no record is of a known format.
    """
    head = read_head(source)
    if kind := binary_kind(head):
        raise FormatError(f"{source.path}: {kind}", hint=READABLE)
    if source.compression != "none":
        # of the decompressed text: a copy that is compressed holds the same records
        source = replace(source, content_key=digest(head[:HEAD_BYTES]))
    is_cut = len(head) >= SAMPLE_BYTES
    if wanted is None and source.compression not in BINARY and (found := settled(head, SAMPLE_RECORDS, is_cut)):
        return Recognised(source, "lines", False, found[0], time_type(*found))
    shape = source.compression if source.compression in BINARY else shape_of(head)
    is_wrapped, format, records = elected(source, shape, head, wanted)
    if format is None:
        raise unknown(source, head, records)
    if is_wrapped:
        records = [inner for record in records for inner in found_in(record, format).records]
    return Recognised(source, shape or "lines", is_wrapped, format, time_type(format, records))


def elected(source: Source, shape: str, head: bytes, wanted: Format | None) -> tuple[bool, Format | None, list[Record]]:
    """Elect the format of a source that is not settled, and give the records that voted; tell whether they have to be
    looked for. Where none of the first is known, later ones are asked.
    """
    records = sample(source, shape, head)
    is_wrapped, format = elect(records, wanted)
    if format is not None or not records:
        return is_wrapped, format, records
    later = later_records(source, shape)
    return True, elect(later, wanted)[1], later or records


def first_lines(head: bytes) -> list[bytes]:
    """Cut the first lines out of a file's beginning."""
    return head.removeprefix(BOM).split(b"\n", SAMPLE_RECORDS)[:SAMPLE_RECORDS]


def read_head(source: Source) -> bytes:
    """Read the first megabyte, decompressed, or as much of it as an archive yields before it breaks off.

    A first line that is longer is read to its end.
    """
    if source.whole is not None:
        return source.whole
    chunks: list[bytes] = []
    try:
        with open_lines(source) as stream:
            size = CHUNK_BYTES if source.compression != "none" else SAMPLE_BYTES
            while len(chunks) * size < SAMPLE_BYTES and (chunk := stream.read(size)):
                chunks.append(chunk)
            if chunks and not any(b"\n" in chunk for chunk in chunks):
                chunks.append(stream.readline(16 * SAMPLE_BYTES))
    except BREAKS as error:
        raise_unless_torn(error)
    return b"".join(chunks)


def sample(source: Source, shape: str, head: bytes) -> list[Record]:
    """Parse the first records of a file."""
    texts: Any = first_lines(head)
    if shape not in ("lines", ""):
        texts = begun(text for _, text in records_of(source, shape))
    records = []
    for text in islice(texts, SAMPLE_RECORDS):
        with suppress(NotJson):
            record = decode(text)
            if isinstance(record, dict):
                records.append(record)
    return records


def later_records(source: Source, shape: str) -> list[Record]:
    """Parse records from the first one on that any format knows, where none of the sample is known."""
    texts = records_of(source, shape) if shape not in ("lines", "") else numbered_lines(source)
    records: list[Record] = []
    with suppress(*BREAKS):
        for _, text in islice(texts, SAMPLE_RECORDS, SCANNED_RECORDS):
            with suppress(NotJson):
                record = decode(text)
                if isinstance(record, dict) and (records or outermost(record, is_known)):
                    records.append(record)
            if len(records) == SAMPLE_RECORDS:
                break
    return records


def begun(texts: Iterator[bytes]) -> Iterator[bytes]:
    """Give records as long as they are not too many bytes to look at."""
    seen = 0
    for text in texts:
        yield text
        seen += len(text)
        if seen > 16 * SAMPLE_BYTES:
            return


def time_type(format: Format, records: list[Record]) -> str:
    """Tell whether every time in the sample is a number."""
    times = (value for record in records for path in format.time_paths for value in values_at(record, path))
    return "DOUBLE" if all(isinstance(time, int | float) for time in times) else "VARCHAR"


def values_at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Give the values, not null, that stand at a path: one, or those of each item of the lists on it."""
    for at, key in enumerate(path):
        if isinstance(value, list):
            for item in value:
                yield from values_at(item, path[at:])
            return
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, list):
        yield from (item for item in value if item is not None)
    elif value is not None:
        yield value
