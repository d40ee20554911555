"""Find by halves the lines that a format's query refuses, where no rule of the sieve named them."""

from __future__ import annotations

from array import array
from dataclasses import replace
from pathlib import Path

from llmcost.ingest.recognise import Recognised
from llmcost.ingest.records import is_readable
from llmcost.ingest.sieve import Reject, excerpt
from llmcost.ingest.sources import numbered_lines, temporary
from llmcost.store import Store

REASON = "a value that its format cannot have"


def isolate(store: Store, item: Recognised, copies: str) -> tuple[Recognised, list[Reject]]:
    """Copy the lines of a file that can be read; return the copy, and the others."""
    if is_readable(store, [item]):
        return item, []
    lines = list(numbered_lines(item.source))
    bad = unreadable(store, item, lines, copies)
    good = [line for line in lines if line[0] not in bad]
    rejects = [Reject(item.source.path, n, REASON, excerpt(text, item.format)) for n, text in lines if n in bad]
    return holding(item, good, copies), rejects


def unreadable(store: Store, item: Recognised, lines: list[tuple[int, bytes]], copies: str) -> set[int]:
    """Name the lines that cannot be read even alone."""
    part = holding(item, lines, copies)
    try:
        if not lines or is_readable(store, [part]):
            return set()
    finally:
        Path(part.source.readable).unlink()
    if len(lines) == 1:
        return {lines[0][0]}
    half = len(lines) // 2
    return unreadable(store, item, lines[:half], copies) | unreadable(store, item, lines[half:], copies)


def holding(item: Recognised, lines: list[tuple[int, bytes]], copies: str) -> Recognised:
    """Write lines to a file of their own."""
    with temporary(copies) as out:
        out.writelines(text for _, text in lines)
    numbers = array("Q", (number for number, _ in lines))
    return replace(item, source=replace(item.source, readable=out.name, line_numbers=numbers))
