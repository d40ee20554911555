"""`llmcost ingest`: read logs into the store and say what came of it."""

from __future__ import annotations

import sys
from pathlib import Path

from llmcost.cli.progress import progress_bar
from llmcost.errors import InputError, UsageError
from llmcost.ingest import Summary, ingest
from llmcost.ingest.format import formats
from llmcost.store import Store

SHOWN_REJECTS = 20


def run_ingest(paths: list[str], db: Path, format: str | None, pricing: Path | None) -> int:
    """Ingest and print the summary; 3 where not one line could be understood."""
    if format is not None and format not in formats():
        raise UsageError(f"--format {format}: no such format", hint=f"one of {', '.join(formats())}")
    with Store(db) as store:
        with progress_bar(store) as progress:
            summary = ingest(store, paths, format=format, progress=progress)
        print_summary(summary)
        if summary.new:
            print_unpriced(store, pricing)
    if summary.rejects and not summary.new + summary.duplicates:
        raise InputError("not one line could be understood", hint="is it the right --format?")
    return 0


def print_summary(summary: Summary) -> None:
    """Say what was read; rejects and skipped files go to stderr with their places."""
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(summary.formats.items()))
    files = f"{summary.files:,} {plural('file', summary.files)}" + (f" ({kinds})" if kinds else "")
    unchanged = f", {summary.unchanged:,} unchanged" if summary.unchanged else ""
    print(f"{files}{unchanged}: {summary.new:,} new, {summary.duplicates:,} duplicate, {summary.rejected:,} rejected")
    for reject in summary.rejects[:SHOWN_REJECTS]:
        print(f"rejected {reject.path}:{reject.line}: {reject.reason}", file=sys.stderr)
    if summary.rejected > SHOWN_REJECTS:
        rest = summary.rejected - SHOWN_REJECTS
        print(f"... and {rest:,} more; the store's table `rejects` has them all", file=sys.stderr)
    for path, reason in summary.skipped:
        print(f"skipped {path}: {reason}", file=sys.stderr)


def print_unpriced(store: Store, pricing: Path | None) -> None:
    """List what has no price, so that nobody waits for a report to learn it."""
    from llmcost.cli.books import open_book
    from llmcost.cli.reporting import coverage_lines
    from llmcost.report import coverage_of

    for line in coverage_lines(coverage_of(store, open_book(pricing))):
        print(line, file=sys.stderr)


def plural(noun: str, count: int) -> str:
    """Put a noun into the plural where there is more than one."""
    return noun if count == 1 else f"{noun}s"
