"""Small files of one reader as one file: DuckDB takes far longer to open a file than Python to read it.

Each line of the copy says by a key of its own which file it is of, so that rows, rejects and the ledger are the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from llmcost.ingest.recognise import Recognised
from llmcost.ingest.sources import BREAKS, Source, open_lines, temporary

# to open a file takes DuckDB as long as Python to copy so much
SMALL_BYTES = 256 * 1024
OPENING = b'{"'


@dataclass
class Joint:
    """What DuckDB is to read for a group: files in their order, among them copies that hold several.

    Each line of a copy has under `key` the place of its file in the group, which is one of `copied`.
    """

    key: str
    files: list[str] = field(default_factory=list)
    copied: set[int] = field(default_factory=set)
    copies: list[str] = field(default_factory=list)


@contextmanager
def joined(group: list[Recognised], folder: str) -> Iterator[Joint]:
    """Copy small files that follow each other into one, for as long as the block lasts."""
    joint = Joint(f"llmcost_{secrets.token_hex(8)}")
    try:
        fill(joint, group, folder)
        if len(joint.copied) < len(group) and (group[0].source.compression != "none" or not joint.copied):
            # a copy is not compressed: all files that are read together are so, or none
            yield Joint("", [item.source.readable for item in group])
        else:
            yield joint
    finally:
        for copy in joint.copies:
            Path(copy).unlink(missing_ok=True)


def fill(joint: Joint, group: list[Recognised], folder: str) -> None:
    """Copy what is small, and name what is not; alone, a file is read where it lies."""
    out: IO[bytes] | None = None
    for at, item in enumerate(group):
        lines = small_lines(item.source) if len(group) > 1 else None
        if lines is None:
            joint.files.append(item.source.readable)
            close(out)
            out = None
            continue
        if out is None:
            out = temporary(folder)
            joint.files.append(out.name)
            joint.copies.append(out.name)
        begin = b'{"%b":%d,"' % (joint.key.encode(), at)
        out.write(b"".join([begin + line[len(OPENING) :] + b"\n" for line in lines]))
        joint.copied.add(at)
    close(out)


def close(out: IO[bytes] | None) -> None:
    """Close a copy, if one is open."""
    if out is not None:
        out.close()


def small_lines(source: Source) -> list[bytes] | None:
    """Read the lines of a small file; None where it is not one, or a line is not an object with keys."""
    end = source.end if source.readable == source.path and source.compression == "none" else SMALL_BYTES + 1
    if min(end, source.size) > SMALL_BYTES:
        return None
    # no further than was measured: somebody may be writing it
    text = source.held[:end] if source.held is not None else text_of(source, end)
    lines = [line for line in text.split(b"\n") if line.strip()]
    is_known = lines and len(text) <= SMALL_BYTES and all(line.startswith(OPENING) for line in lines)
    return lines if is_known else None


def text_of(source: Source, end: int) -> bytes:
    """Read a file up to `end`; what cannot be read is refused where it is read as a file of its own."""
    with suppress(*BREAKS), open_lines(source) as stream:
        return stream.read(end)
    return b""
