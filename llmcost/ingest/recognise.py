"""Tell a file's format from its first records."""

from __future__ import annotations

import zlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from llmcost.errors import FormatError
from llmcost.ingest.format import Columns, Format, Record, formats
from llmcost.ingest.sources import Source, open_lines

SAMPLE_RECORDS = 200
SAMPLE_BYTES = 1024 * 1024
# small, since what an archive yields before its break is lost within one chunk
CHUNK_BYTES = 16 * 1024


@dataclass(frozen=True)
class Recognised:
    """A source, its format, and whether its times are numbers (DOUBLE) or text (VARCHAR)."""

    source: Source
    format: Format
    time_type: str


def recognise(source: Source, wanted: str | None = None) -> Recognised:
    """Recognise a source by a vote of its first records, or take the format that was asked for.

    Raises FormatError where no record is of a known format.
    """
    head = read_head(source)
    records = sample(head)
    if wanted is None:
        format = elect(records)
        if format is None:
            raise FormatError(f"{source.path}: {reason(head, records)}", hint=hint())
    else:
        format = formats()[wanted]
    return Recognised(source, format, time_type(format, records))


def read_head(source: Source) -> bytes:
    """Read the first megabyte, decompressed, or as much of it as an archive yields before it breaks off."""
    chunks: list[bytes] = []
    with suppress(OSError, EOFError, zlib.error), open_lines(source) as stream:
        while len(chunks) * CHUNK_BYTES < SAMPLE_BYTES and (chunk := stream.read(CHUNK_BYTES)):
            chunks.append(chunk)
    return b"".join(chunks)


def sample(head: bytes) -> list[Record]:
    """Parse the first lines that hold JSON objects."""
    records = []
    for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:SAMPLE_RECORDS]:
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return records


def elect(records: list[Record]) -> Format | None:
    """Pick the format that claims most records; the more telling one where two claim the same."""
    votes: Counter[str] = Counter()
    for record in records:
        claims = {name: format.claims(record) for name, format in formats().items()}
        best = max(claims.values())
        votes.update(name for name, keys in claims.items() if keys == best > 0)
    return formats()[votes.most_common(1)[0][0]] if votes else None


def time_type(format: Format, records: list[Record]) -> str:
    """Tell whether every time in the sample is a number."""
    times = (value for record in records for value in leaves(record, format.columns, "time"))
    return "DOUBLE" if all(isinstance(t, int | float) for t in times) else "VARCHAR"


def leaves(record: Any, columns: Columns, kind: str) -> list[Any]:
    """Collect the values, not null, of all leaves of one kind."""
    found: list[Any] = []
    for key, inner in columns.items():
        value = record.get(key) if isinstance(record, dict) else None
        if isinstance(inner, dict):
            found += leaves(value, inner, kind)
        elif inner == kind and value is not None:
            found.append(value)
    return found


def reason(head: bytes, records: list[Record]) -> str:
    """Say in a user's words why a file has no known format."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if not start:
        return "the file is empty" if not head else "the file holds only blank lines"
    if b"\0" in head[:1024]:
        return "a binary file, no log"
    if start == b"[":
        return "a JSON array; llmcost reads one JSON record per line"
    if records:
        keys = ", ".join(sorted(records[0])[:6])
        return f"its records (with {keys}) are of no format that llmcost knows"
    return "its lines are no JSON records" if start == b"{" else "no JSON lines"


def hint() -> str:
    """Name the formats that there are."""
    return f"known formats: {', '.join(formats())}; --format names one"
