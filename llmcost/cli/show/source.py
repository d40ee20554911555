"""Where the record of one request stands in its log, and its outline; its texts only under --raw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llmcost.cli.progress import step_line
from llmcost.errors import InputError
from llmcost.ingest.format import formats
from llmcost.ingest.outline import Outline, Pair
from llmcost.ingest.places import openable
from llmcost.ingest.source_record import MOST, Original, find_originals
from llmcost.render.cell import plain
from llmcost.report import queries
from llmcost.store import Engine

Row = dict[str, Any]
# what formats name a record without an id by: a word and a hash of it, see ingest/formats
MADE_UP = re.compile(r"[a-z]+(-[a-z]+)*-[0-9a-f]{6,16}(-\d+)?")
PATH_WIDTH = 40
SHOWN_LEAVES = 60


@dataclass(frozen=True)
class Source:
    """The file of a request and the records in it that are its own, or the reason why there are none."""

    path: str
    format: str
    unit: str = "line"
    found_by: str | None = None
    originals: tuple[Original, ...] = ()
    outlines: tuple[list[Pair], ...] = field(default=())
    reason: str | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """What distinguishes it from the source of another request."""
        return self.path, self.reason, *(original.line for original in self.originals)

    def places(self) -> Iterator[str]:
        """Name the places of the records, or say why there is none."""
        if self.reason:
            yield f"{self.path}: {self.reason}"
        for original in self.originals:
            yield f"{self.path}:{original.line}"


def source_of(engine: Engine, row: Row) -> Source:
    """Look a request's record up in its file."""
    file = engine.run(queries()["show_file"], parameters={"file": row["file_id"]}).records[0]
    path, format = file["path"], file["format"]
    if path == "-":
        return Source(path, format, reason="it was read from standard input, which is not kept")
    known = known_of(row)
    try:
        with step_line() as step:
            step(f"looking for the record in {Path(path).name}")
            originals = find_originals(path, format, ids_of(row), known)
    except InputError as error:
        is_gone = not Path(openable(path)).exists()
        return Source(path, format, reason="the file is gone" if is_gone else error.message.removeprefix(f"{path}: "))
    if not originals.found:
        return Source(path, format, reason=reason_of(row, file))
    outline = Outline(formats().get(format), known)
    return Source(
        path,
        format,
        "row" if originals.shape == "parquet" else "line",
        originals.id,
        originals.found,
        tuple(outline.pairs(original.record) for original in originals.found),
    )


def ids_of(row: Row) -> list[str]:
    """Name what the record may be found by, the best first."""
    # some formats put a part of their own behind the log's id
    base = row["request_id"].rpartition("#")[0]
    span = row["span_id"]
    # Python's tracer writes ids with a prefix
    ids = (row["request_id"], row["response_id"], base, span, f"0x{span}" if span else None)
    # an id that all records of a session have finds none of them
    return [id for id in dict.fromkeys(ids) if id and (id != row["session_id"] or id == row["request_id"])]


def known_of(row: Row) -> frozenset[str]:
    """Collect the values that the store has of a request: it holds no text that was said."""
    values = [item for value in row.values() for item in (value if isinstance(value, list) else [value])]
    return frozenset(str(value) for value in values if isinstance(value, str | int) and not isinstance(value, bool))


def reason_of(row: Row, file: Row) -> str:
    """Say why a file that is there does not have the record."""
    stat = Path(openable(file["path"])).stat()
    if (stat.st_size, stat.st_mtime_ns) != (file["size_bytes"], file["modified_ns"]):
        return (
            f"no record in it has this id, and the file has changed since it was read on {file['ingested_at']:%Y-%m-%d}"
        )
    if MADE_UP.fullmatch(row["request_id"]) or "#" in row["request_id"]:
        return "no record in it has this id: llmcost makes one up where the log has none"
    return "no record in it has this id"


def as_json(source: Source) -> Row:
    """Write a source for JSON, texts by their sizes."""
    return {
        "file": source.path,
        "format": source.format,
        "found_by": source.found_by,
        "reason": source.reason,
        "records": [
            {source.unit: original.line, "bytes": len(original.text), "outline": dict(outline)}
            for original, outline in zip(source.originals, source.outlines, strict=True)
        ],
    }


def source_lines(source: Source) -> Iterator[str]:
    """Tell where the record is, and its outline."""
    yield f"Record in the log ({source.format})"
    if source.reason:
        yield f"  {source.path}"
        yield f"  not shown: {source.reason}"
        return
    if len(source.originals) > 1:
        count = f"the first {MOST}" if len(source.originals) == MOST else str(len(source.originals))
        yield f"  {count} records have the id {source.found_by}"
    for original, outline in zip(source.originals, source.outlines, strict=True):
        yield f"  {source.path}:{original.line}"
        yield f"  {len(original.text):,} bytes; --raw prints them, prompts and all"
        width = min(max((len(path) for path, _ in outline), default=0), PATH_WIDTH)
        for path, value in outline[:SHOWN_LEAVES]:
            yield f"    {path:<{width}}  {shown(value)}"
        if len(outline) > SHOWN_LEAVES:
            yield f"    ... and {len(outline) - SHOWN_LEAVES:,} more; -f json has all"


def shown(value: Any) -> str:
    """Write a leaf of an outline."""
    return "null" if value is None else plain(value) or '""'
