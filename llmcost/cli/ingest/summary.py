"""What an ingest says: what was read, what of it has no price, where the store is."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from llmcost.cli.notes import note
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.problems import print_problems
from llmcost.counts import counted
from llmcost.ingest import Summary
from llmcost.pricing import Book
from llmcost.report import Coverage, coverage_of
from llmcost.report.completeness import coverage_lines
from llmcost.store import Store


def print_summary(summary: Summary) -> None:
    """Say what was read: the numbers on stdout, problems with their places on stderr."""
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(summary.formats.items()))
    files = counted(summary.files, "file") + (f" ({kinds})" if kinds else "")
    unchanged = f", {summary.unchanged:,} unchanged" if summary.unchanged else ""
    print(f"{files}{unchanged}: {summary.new:,} new, {summary.duplicates:,} duplicate, {summary.rejected:,} rejected")
    print_problems(summary)


def print_unpriced(store: Store, book: Book) -> Coverage:
    """List what has no price, so that nobody waits for a report to learn it."""
    covered = coverage_of(store, book)
    for line in coverage_lines(covered):
        note(line)
    return covered


def next_line(db: Path) -> str:
    """Say where the store is, and what to ask it next as it can be typed."""
    is_found = str(db) == os.environ.get("LLMCOST_DB", str(DEFAULT_DB))
    option = "" if is_found else f" --db {shlex.quote(str(db))}"
    return f"store: {db} · next: llmcost report --by model{option}"
