"""Cut JSON that is not in lines into its records, as a stream: arrays, pretty-printed objects, one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from llmcost.ingest.sources import BREAKS, Bound, raise_unless_torn

BLOCK_BYTES = 1 << 20
# one record is held in memory, and may wrap all that a page of an export has
DOCUMENT_BYTES = 256 << 20
# small, since what an archive yields before its break is lost within one chunk
CHUNK_BYTES = 1 << 16
# a text without its end goes on in the next block, and has no group
TOKENS = re.compile(rb'"(?:[^"\\]+|\\.)*+(")?|\{|\}|\[|\]', re.DOTALL)
TEXT_GOES_ON = re.compile(rb'(?:[^"\\]+|\\.)*+(")?', re.DOTALL)
OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST = b"{}[]"


class Nesting:
    """How deep a scan through JSON is in it, and where the record began that it is in.

    A record is an object at the top, or one right inside an array at the top.
    """

    def __init__(self) -> None:
        self.start = -1
        self.scanned = 0
        self._open: list[int] = []
        self._depth = 0
        self._is_in_text = False

    def spans(self, text: bytes | bytearray) -> Iterator[tuple[int, int]]:
        """Scan on and find where the records end that end here, and where they began."""
        if self._is_in_text:
            rest = TEXT_GOES_ON.match(text, self.scanned)
            self.scanned, self._is_in_text = (rest.end(), rest.lastindex is None) if rest else (0, True)
            if self._is_in_text:
                return
        for token in TOKENS.finditer(text, self.scanned):
            mark = text[token.start()]
            if mark in (OPEN_OBJECT, OPEN_LIST):
                self._begin(mark, token.start())
            elif mark in (CLOSE_OBJECT, CLOSE_LIST):
                if self._ends():
                    yield self.start, token.end()
                    self.start = -1
            elif token.lastindex is None:
                self.scanned, self._is_in_text = token.end(), True
                return
        self.scanned = len(text)

    @property
    def is_between(self) -> bool:
        """Tell whether what comes next is outside of every record and text."""
        return self.start < 0 and not self._is_in_text

    def drop(self, count: int) -> None:
        """Take so many bytes as gone from the front of the text."""
        self.scanned -= count
        self.start = max(self.start - count, -1)

    def _begin(self, mark: int, at: int) -> None:
        """Go one deeper."""
        if mark == OPEN_OBJECT and self.start < 0 and len(self._open) <= 1 and OPEN_OBJECT not in self._open:
            self.start, self._depth = at, len(self._open)
        self._open.append(mark)

    def _ends(self) -> bool:
        """Come up again; tell whether a record ends there."""
        if not self._open:
            return False
        self._open.pop()
        return self.start >= 0 and len(self._open) == self._depth


def records_in(stream: IO[bytes], bound: Bound | None = None) -> Iterator[tuple[int, bytes]]:
    """Cut a stream into its records as they are written, each with the line where it begins.

    What is open at the end is a record that was cut, of one that is longer than DOCUMENT_BYTES the beginning is given;
    what stands between records is not kept.
    """
    nesting, line, text = Nesting(), 1, bytearray()
    for block in blocks(stream):
        if bound:
            bound.take(len(block))
        if nesting.is_between and block.isspace():
            line += block.count(b"\n")
            continue
        text += block
        done = 0
        for start, end in nesting.spans(text):
            line += text.count(b"\n", done, start)
            yield line, bytes(text[start:end])
            line, done = line + text.count(b"\n", start, end), end
        kept = nesting.start if nesting.start >= 0 else nesting.scanned
        line += text.count(b"\n", done, kept)
        del text[:kept]
        nesting.drop(kept)
        if len(text) > DOCUMENT_BYTES:
            yield line, bytes(text)
            line += text.count(b"\n", 0, nesting.scanned)
            del text[: nesting.scanned]
            nesting.start = -1
            nesting.drop(nesting.scanned)
    if nesting.start >= 0:
        yield line, bytes(text)


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a stream in pieces; where an archive breaks off, a record begins that does not end, and is named."""
    held: list[bytes] = []
    try:
        while chunk := stream.read(CHUNK_BYTES):
            held.append(chunk)
            if len(held) * CHUNK_BYTES >= BLOCK_BYTES:
                yield b"".join(held)
                held.clear()
    except BREAKS as error:
        raise_unless_torn(error)
        held.append(b"{")
    yield b"".join(held)
