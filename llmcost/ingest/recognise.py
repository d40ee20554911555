"""Tell how a file's records lie in it, and which format they are of, from the first of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import resources
from itertools import islice
from typing import Any

import yaml

from llmcost.errors import FormatError
from llmcost.ingest.election import elect, is_known
from llmcost.ingest.format import Format, Record, formats, fulfils
from llmcost.ingest.json_text import NotJson, decode
from llmcost.ingest.shapes import BOM, delimiter_of, records_of, shape_of
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
from llmcost.ingest.table import sums_of
from llmcost.ingest.wrappers import found_in, outermost

SAMPLE_RECORDS = 200
# a log may begin with what a program says when it starts
SCANNED_RECORDS = 10_000
SAMPLE_BYTES = 1024 * 1024
# small, since what an archive yields before its break is lost within one chunk
CHUNK_BYTES = 16 * 1024
NAME = re.compile(r"[:@$\w.-]{1,40}")
# what people keep beside their logs and take for one
BINARIES = {
    b"PK\x03\x04": "a zip archive; unzip it, and read what comes out",
    b"BZh": "a bzip2 archive; gzip and zstd are read",
    b"\xfd7zXZ\0": "an xz archive; gzip and zstd are read",
    b"\x7fELF": "a program, not a log",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
}
OTHER_DATABASE = "an SQLite database without a table that is known; export its table as CSV or JSON"
READABLE = "logs are JSON, CSV or Parquet, plain, gzip or zstd; docs/formats.md lists whose are known"
KNOWN_OTHERS = resources.files("llmcost.ingest") / "others.yaml"


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
    shape = source.compression if source.compression in BINARY else shape_of(head)
    records = sample(source, shape, head)
    is_wrapped, format = elect(records, wanted)
    if format is None and records:
        is_wrapped, format = True, elect(later := later_records(source, shape), wanted)[1]
        records = later or records
    if format is None:
        other = known_other(records) or sums_of(records)
        raise FormatError(
            f"{source.path}: {other['says'] if other else reason(head, records, source.compression)}",
            hint=other["hint"] if other else hint() if records else READABLE,
        )
    if is_wrapped:
        records = [inner for record in records for inner in found_in(record, format).records]
    # of the decompressed text: a copy that is compressed holds the same records
    source = replace(source, content_key=digest(head[:HEAD_BYTES]))
    return Recognised(source, shape or "lines", is_wrapped, format, time_type(format, records))


def read_head(source: Source) -> bytes:
    """Read the first megabyte, decompressed, or as much of it as an archive yields before it breaks off.

    A first line that is longer is read to its end.
    """
    chunks: list[bytes] = []
    try:
        with open_lines(source) as stream:
            while len(chunks) * CHUNK_BYTES < SAMPLE_BYTES and (chunk := stream.read(CHUNK_BYTES)):
                chunks.append(chunk)
            if chunks and not any(b"\n" in chunk for chunk in chunks):
                chunks.append(stream.readline(16 * SAMPLE_BYTES))
    except BREAKS as error:
        raise_unless_torn(error)
    return b"".join(chunks)


def sample(source: Source, shape: str, head: bytes) -> list[Record]:
    """Parse the first records of a file."""
    texts: Any = head.removeprefix(BOM).split(b"\n")
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


def known_other(records: list[Record]) -> dict[str, Any] | None:
    """Find what is known of records that are not requests."""
    known = yaml.safe_load(KNOWN_OTHERS.read_text(encoding="utf-8"))
    return next((o for o in known for record in records if any(fulfils(record, m) for m in o["recognise"])), None)


def time_type(format: Format, records: list[Record]) -> str:
    """Tell whether every time in the sample is a number."""
    times = (value for record in records for value in leaves(record, format.columns, "time"))
    return "DOUBLE" if all(isinstance(t, int | float) for t in times) else "VARCHAR"


def leaves(record: Any, columns: Any, kind: str) -> list[Any]:
    """Collect the values, not null, of all leaves of one kind."""
    if isinstance(columns, list):
        return (
            [leaf for item in record if item for leaf in leaves(item, columns[0], kind)]
            if isinstance(record, list)
            else []
        )
    if isinstance(columns, dict):
        inner = record if isinstance(record, dict) else {}
        return [leaf for key, of in columns.items() for leaf in leaves(inner.get(key), of, kind)]
    return [record] if columns == kind and record is not None else []


def binary_kind(head: bytes) -> str | None:
    """Name what is not a log, whatever lines may be found in it."""
    if head[257:262] == b"ustar":
        return "a tar archive; unpack it, and read what comes out"
    return next((kind for magic, kind in BINARIES.items() if head.startswith(magic)), None)


def reason(head: bytes, records: list[Record], compression: str) -> str:
    """Say in a user's words why a file has no known format."""
    if compression == "sqlite" and not records:
        return OTHER_DATABASE
    start = head.removeprefix(BOM).lstrip()[:1]
    if not start:
        nothing = "the archive holds nothing, or breaks off at once" if compression != "none" else "the file is empty"
        return nothing if not head else "the file holds only blank lines"
    if records:
        # the first line of a table without a header does not list names, and may be anything
        keys = [key for key in sorted(records[0]) if NAME.fullmatch(key)][:6]
        return f"its records (with {', '.join(keys) or 'no names'}) are not in a format that llmcost knows"
    if b"\0" in head[:1024]:
        return "a binary file, not a log"
    if delimiter_of(head.removeprefix(BOM)):
        return "a table that has a header and no rows"
    return "its lines are not JSON records" if start in b"{[" else "neither JSON nor CSV"


def hint() -> str:
    """Name the formats that there are."""
    return f"known formats: {', '.join(formats())}; --format names one, --map FILE describes another"
