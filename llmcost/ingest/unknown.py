"""What is said of a file whose records are of no format: what it is, as far as that can be known, and how to go on."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import yaml

from llmcost.errors import FormatError
from llmcost.ingest.format import Record, formats, fulfils
from llmcost.ingest.shapes import BOM, delimiter_of
from llmcost.ingest.sources import Source
from llmcost.ingest.table import sums_of

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


def unknown(source: Source, head: bytes, records: list[Record]) -> FormatError:
    """Make the refusal of a file, by its first bytes and the records among them."""
    other = known_other(records) or sums_of(records)
    return FormatError(
        f"{source.path}: {other['says'] if other else reason(head, records, source.compression)}",
        hint=other["hint"] if other else hint() if records else READABLE,
    )


def known_other(records: list[Record]) -> dict[str, Any] | None:
    """Find what is known of records that are not requests."""
    known = yaml.safe_load(KNOWN_OTHERS.read_text(encoding="utf-8"))
    return next((o for o in known for record in records if any(fulfils(record, m) for m in o["recognise"])), None)


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
