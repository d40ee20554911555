"""`llmcost ingest --follow`: read again and again what is new."""

from __future__ import annotations

import sys
import time

from llmcost.cli.ingest.options import IngestOptions
from llmcost.cli.ingest.summary import print_summary
from llmcost.cli.notes import note
from llmcost.errors import InputError, LimitError, LockedError, StoreError, UsageError
from llmcost.ingest import Options, Summary, ingest
from llmcost.store import Store

FOLLOW_SECONDS = 2.0


def follow(asked: IngestOptions, options: Options) -> int:
    """Read again and again what is new, until interrupted; between two looks the store is free for readers.

    A store that is held by another process, or a disk that is full for a moment, is waited for.
    """
    if "-" in asked.paths:
        raise UsageError("--follow reads files, not stdin", hint="write to a file, or run without --follow")
    known: set[tuple[str, str]] = set()
    has_looked = is_waiting = False
    note(f"following {', '.join(asked.paths)}; Ctrl-C stops it")
    while True:
        try:
            with Store(asked.db) as store:
                summary = look(store, asked, options)
        except (StoreError, OSError) as error:
            if not (has_looked or isinstance(error, LockedError)):
                raise
            if not is_waiting:
                note(f"waiting: {error.message if isinstance(error, StoreError) else error.strerror}")
            is_waiting = True
        else:
            if is_waiting:
                note("resumed")
            has_looked, is_waiting = True, False
            print_new(summary, known)
        time.sleep(FOLLOW_SECONDS)


def print_new(summary: Summary, known: set[tuple[str, str]]) -> None:
    """Say what a look has read, and what it cannot read where that was not said before."""
    summary.skipped = [item for item in summary.skipped if item not in known]
    known.update(summary.skipped)
    if summary.read or summary.skipped:
        print_summary(summary)
        sys.stdout.flush()


def look(store: Store, asked: IngestOptions, options: Options) -> Summary:
    """Read what is new; that nothing is there yet is no error while following."""
    try:
        summary = ingest(store, asked.paths, options=options)
        summary.skipped += [
            (error.message.partition(": ")[0], error.message.partition(": ")[2]) for error in summary.refused
        ]
        return summary
    except LimitError:
        raise
    except InputError as error:
        return Summary(skipped=[(", ".join(asked.paths), error.message)])
