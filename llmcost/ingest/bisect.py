"""Find the lines that a format's query refuses, where no rule of the sieve named them.

A query says of its lines only that one is bad, and to plan it takes longer than to run it over thousands of lines. So
lines that are alike are tried together, see alike.py, and the groups by halves.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from llmcost.ingest.alike import alike
from llmcost.ingest.format import Format
from llmcost.ingest.recognise import Recognised
from llmcost.ingest.records import refused
from llmcost.ingest.refusal import refusal_of
from llmcost.ingest.sieve import Reject, excerpt
from llmcost.ingest.sources import Bound, numbered_lines, read_range, temporary
from llmcost.store import Store

DEBUG = "LLMCOST_DEBUG"
REASON = "a value that its format cannot have"
# of a group that is refused, so many are tried alone before all of it is taken to be
TRIED = 3


@dataclass(frozen=True)
class Lines:
    """A copy of a file's lines, where each begins in it, and its number in the file: a large file is not held."""

    path: str
    begins: array[int] = field(default_factory=lambda: array("Q", [0]))
    numbers: array[int] = field(default_factory=lambda: array("Q"))

    def texts(self, places: Iterable[int]) -> Iterator[bytes]:
        """Read some lines again."""
        with Path(self.path).open("rb") as stream:
            for at in places:
                yield read_range(stream, self.begins[at], self.begins[at + 1])


def bisect(store: Store, item: Recognised, copies: str) -> tuple[Recognised, list[Reject]]:
    """Copy the lines of a file that can be read; return the copy, and the others.

    Their reason is REASON, and under LLMCOST_DEBUG also what DuckDB says, without what it quotes.
    """
    trials = Trials(store, item, copied(item, copies), copies)
    lines = trials.lines
    places = range(len(lines.numbers))
    bad = trials.refused(alike(lines.texts(places)))
    rejects = [
        Reject(item.source.path, lines.numbers[at], bad[at], excerpt(text, item.format))
        for at, text in zip(sorted(bad), lines.texts(sorted(bad)), strict=True)
    ]
    return trials.holding([at for at in places if at not in bad]), rejects


def reason_of(error: Exception, format: Format) -> str:
    """Say why lines are rejected that DuckDB refuses."""
    return f"{REASON} ({refusal_of(error, format)})" if os.environ.get(DEBUG) else REASON


def copied(item: Recognised, copies: str) -> Lines:
    """Copy all lines of a file, to be read in parts."""
    bound = Bound(item.source)
    with temporary(copies) as out:
        lines = Lines(out.name)
        for number, text in numbered_lines(item.source):
            bound.take(len(text))
            out.write(text)
            lines.begins.append(lines.begins[-1] + len(text))
            lines.numbers.append(number)
    return lines


@dataclass(frozen=True)
class Trials:
    """Tries parts of a file's lines, by their places in `lines`, to find those that cannot be read."""

    store: Store
    item: Recognised
    lines: Lines
    copies: str

    def refused(self, groups: list[array[int]]) -> dict[int, str]:
        """Name the lines that cannot be read, each with the reason, of groups that each hold lines alike."""
        reason = self.reason([at for group in groups for at in group]) if groups else ""
        if not reason:
            return {}
        if len(groups) == 1:
            return self.refused_alike(groups[0], reason)
        half = len(groups) // 2
        return self.refused(groups[:half]) | self.refused(groups[half:])

    def refused_alike(self, group: array[int], reason: str) -> dict[int, str]:
        """Name those of a group that is refused: all, unless one that is tried alone can be read; then by halves."""
        if len(group) == 1:
            return {group[0]: reason}
        tried = dict.fromkeys(group[at * (len(group) - 1) // (TRIED - 1)] for at in range(TRIED))
        if all(self.reason([at]) for at in tried):
            return dict.fromkeys(group, reason)
        half = len(group) // 2
        return self.refused([group[:half]]) | self.refused([group[half:]])

    def reason(self, places: Sequence[int]) -> str:
        """Read some lines from a file of their own; say why they are rejected, nothing if they can be read."""
        part = self.holding(places)
        try:
            error = refused(self.store, [part], self.copies)
        finally:
            Path(part.source.readable).unlink()
        return reason_of(error, self.item.format) if error else ""

    def holding(self, places: Sequence[int]) -> Recognised:
        """Write lines to a file of their own."""
        with temporary(self.copies) as out:
            out.writelines(self.lines.texts(places))
        numbers = array("Q", (self.lines.numbers[at] for at in places))
        source = replace(self.item.source, readable=out.name, compression="none", line_numbers=numbers)
        return replace(self.item, source=source)
