"""`llmcost ingest --follow`: say what each look has read, until interrupted."""

from __future__ import annotations

import sys

from llmcost.cli.ending import ending_by_signal
from llmcost.cli.ingest.options import IngestOptions
from llmcost.cli.ingest.summary import print_summary
from llmcost.cli.notes import note
from llmcost.errors import StoreError, UsageError
from llmcost.ingest import Options, Summary
from llmcost.ingest.follow import check_poll, follow


def run_follow(asked: IngestOptions, options: Options) -> int:
    """Follow logs until a Ctrl-C, or until SIGTERM ends it after the batch."""
    check(asked)
    known: set[tuple[str, str]] = set()
    is_waiting = False
    note(f"following {', '.join(asked.paths)}; Ctrl-C stops it")
    with ending_by_signal() as ending:
        for look in follow(asked.db, asked.paths, options=options, poll=asked.poll, ending=ending):
            error = look.kept_by
            if error and not is_waiting:
                note(f"waiting: {error.message if isinstance(error, StoreError) else error.strerror}")
            elif is_waiting and not error:
                note("resumed")
            is_waiting = error is not None
            print_new(look.summary, known)
    note("ended; what was read stays")
    return 0


def check(asked: IngestOptions) -> None:
    """Refuse what cannot be followed. Raises UsageError."""
    if "-" in asked.paths:
        raise UsageError("--follow reads files, not stdin", hint="write to a file, or run without --follow")
    check_poll(asked.poll)


def print_new(summary: Summary, known: set[tuple[str, str]]) -> None:
    """Say what a look has read, and what it cannot read where that was not said before."""
    summary.skipped = [item for item in summary.skipped if item not in known]
    known.update(summary.skipped)
    if summary.read or summary.skipped:
        print_summary(summary)
        sys.stdout.flush()
