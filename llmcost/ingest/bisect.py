"""Find the lines that a format's query refuses, where no rule of the sieve named them.

A query says of its lines only that one is bad, and to plan it takes longer than to run it over thousands of lines. So
lines that are alike are tried together, see alike.py, and the groups by halves.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from llmcost.ingest.alike import alike
from llmcost.ingest.recognise import Recognised
from llmcost.ingest.records import is_readable
from llmcost.ingest.sieve import Reject, excerpt
from llmcost.ingest.sources import Bound, numbered_lines, read_range, temporary
from llmcost.store import Store

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
    """Copy the lines of a file that can be read; return the copy, and the others."""
    lines = copied(item, copies)
    places = range(len(lines.numbers))
    bad = sorted(unreadable(store, item, lines, alike(lines.texts(places)), copies))
    rejects = [
        Reject(item.source.path, lines.numbers[at], REASON, excerpt(text, item.format))
        for at, text in zip(bad, lines.texts(bad), strict=True)
    ]
    without = set(bad)
    return holding(item, lines, [at for at in places if at not in without], copies), rejects


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


def unreadable(store: Store, item: Recognised, lines: Lines, groups: list[array[int]], copies: str) -> list[int]:
    """Name the places of the lines that cannot be read, of groups that each hold lines alike."""
    if not groups or can_read(store, item, lines, [at for group in groups for at in group], copies):
        return []
    if len(groups) == 1:
        return unreadable_alike(store, item, lines, groups[0], copies)
    half = len(groups) // 2
    return unreadable(store, item, lines, groups[:half], copies) + unreadable(store, item, lines, groups[half:], copies)


def unreadable_alike(store: Store, item: Recognised, lines: Lines, group: array[int], copies: str) -> list[int]:
    """Name those of a group that is refused: all, unless one that is tried alone can be read; then by halves."""
    if len(group) == 1:
        return list(group)
    tried = dict.fromkeys(group[at * (len(group) - 1) // (TRIED - 1)] for at in range(TRIED))
    if not any(can_read(store, item, lines, [at], copies) for at in tried):
        return list(group)
    half = len(group) // 2
    return unreadable(store, item, lines, [group[:half]], copies) + unreadable(
        store, item, lines, [group[half:]], copies
    )


def can_read(store: Store, item: Recognised, lines: Lines, places: Sequence[int], copies: str) -> bool:
    """Try some lines in a file of their own."""
    part = holding(item, lines, places, copies)
    try:
        return is_readable(store, [part])
    finally:
        Path(part.source.readable).unlink()


def holding(item: Recognised, lines: Lines, places: Sequence[int], copies: str) -> Recognised:
    """Write lines to a file of their own."""
    with temporary(copies) as out:
        out.writelines(lines.texts(places))
    numbers = array("Q", (lines.numbers[at] for at in places))
    source = replace(item.source, readable=out.name, compression="none", line_numbers=numbers)
    return replace(item, source=source)
