"""Find by halves the lines that a format's query refuses, where no rule of the sieve named them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from llmcost.ingest.recognise import Recognised
from llmcost.ingest.records import is_readable
from llmcost.ingest.sieve import Reject, excerpt
from llmcost.ingest.sources import Bound, numbered_lines, read_range, temporary
from llmcost.store import Store

REASON = "a value that its format cannot have"


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


def isolate(store: Store, item: Recognised, copies: str) -> tuple[Recognised, list[Reject]]:
    """Copy the lines of a file that can be read; return the copy, and the others."""
    if is_readable(store, [item]):
        return item, []
    lines = copied(item, copies)
    count = len(lines.numbers)
    bad = unreadable(store, item, lines, 0, count, copies)
    rejects = [
        Reject(item.source.path, lines.numbers[at], REASON, excerpt(text, item.format))
        for at, text in zip(bad, lines.texts(bad), strict=True)
    ]
    without = set(bad)
    return holding(item, lines, [at for at in range(count) if at not in without], copies), rejects


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


def unreadable(store: Store, item: Recognised, lines: Lines, first: int, end: int, copies: str) -> list[int]:
    """Name the places of the lines that cannot be read even alone."""
    if first == end:
        return []
    part = holding(item, lines, range(first, end), copies)
    is_good = is_readable(store, [part])
    Path(part.source.readable).unlink()
    if is_good:
        return []
    if end - first == 1:
        return [first]
    half = (first + end) // 2
    return unreadable(store, item, lines, first, half, copies) + unreadable(store, item, lines, half, end, copies)


def holding(item: Recognised, lines: Lines, places: Sequence[int], copies: str) -> Recognised:
    """Write lines to a file of their own."""
    with temporary(copies) as out:
        out.writelines(lines.texts(places))
    numbers = array("Q", (lines.numbers[at] for at in places))
    source = replace(item.source, readable=out.name, compression="none", line_numbers=numbers)
    return replace(item, source=source)
