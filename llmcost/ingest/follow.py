"""Read again and again what is new in logs; between two looks the store is free for others."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Protocol

import duckdb

from llmcost.errors import (
    InputError,
    LimitError,
    LlmcostError,
    LockedError,
    StoreError,
    UsageError,
    cannot_write,
    full_reason,
)
from llmcost.ingest.load import ingest
from llmcost.ingest.options import Options
from llmcost.ingest.pace import Timer, rest, times
from llmcost.ingest.places import expand, without_store
from llmcost.ingest.sources import state_of
from llmcost.ingest.summary import Summary
from llmcost.store import Store

# what cannot be read is tried again after so many seconds, without a change of its own
RETRY = 60.0
LEAST_POLL, MOST_POLL = 0.1, 86_400.0
State = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Look:
    """What one look came to: what it read, or what kept it from reading; nothing where no file had changed."""

    summary: Summary = field(default_factory=Summary)
    kept_by: StoreError | OSError | None = None


def check_poll(poll: float) -> None:
    """Refuse what is no time to wait between two looks. Raises UsageError."""
    if not LEAST_POLL <= poll <= MOST_POLL:
        raise UsageError(f"--poll {poll:g}: not {LEAST_POLL:g} to {MOST_POLL:g} seconds")


class Onlooker(Protocol):
    """Who wants to see the store after a look, while it is open."""

    def is_due(self) -> bool:
        """Whether it has to be seen even where no file has changed."""

    def look(self, store: Store) -> None:
        """See it."""


def follow(
    path: str | Path,
    logs: Sequence[str],
    *,
    options: Options | None = None,
    poll: float,
    ending: Event,
    onlooker: Onlooker | None = None,
    timer: Timer = times,
) -> Iterator[Look]:
    """Look for what is new every `poll` seconds, or less often where a look takes long, until `ending` is set.

    The batch that is being read then is committed. A store that another process holds, or a disk that is full, is
    waited for. Raises what the first look raises, but for a store that is held.
    """
    has_looked, before, again = False, State(), 0.0
    while not ending.is_set():
        began = timer()
        states = states_of(logs, path)
        is_due = onlooker is not None and onlooker.is_due()
        if not has_looked or states != before or began[0] >= again or is_due:
            try:
                with Store(path) as store:
                    summary = look(store, logs, options, ending)
                    if onlooker is not None:
                        onlooker.look(store)
                        # who looks on reads all that there is once, and later little
                        began = began if has_looked else timer()
            except (StoreError, OSError, duckdb.Error) as error:
                kept_by = keeper_of(error, path)
                if kept_by is None or not (has_looked or isinstance(error, LockedError)):
                    raise
                yield Look(kept_by=kept_by)
            else:
                has_looked, before = True, states
                again = timer()[0] + RETRY if summary.skipped else float("inf")
                yield Look(summary)
        else:
            yield Look()
        ending.wait(max(poll, rest(began, timer())))


def keeper_of(error: Exception, path: str | Path) -> StoreError | OSError | None:
    """Say what keeps a look from being made and may be over soon; None where it is something else."""
    if isinstance(error, StoreError | OSError):
        return error
    # what DuckDB raises where nobody writes for us: when a store is closed, or a query has no room
    reason = full_reason(str(error))
    return StoreError(cannot_write(str(path), reason)) if reason else None


def look(store: Store, logs: Sequence[str], options: Options | None, ending: Event) -> Summary:
    """Read what is new; that nothing is there yet is no error while following."""
    try:
        summary = ingest(store, logs, options=options, ending=ending)
        summary.skipped += [skipped_of(error, logs) for error in summary.refused]
        return summary
    except LimitError:
        raise
    except InputError as error:
        return Summary(skipped=[skipped_of(error, logs)])


def skipped_of(error: LlmcostError, logs: Sequence[str]) -> tuple[str, str]:
    """Tell where from why; what names no place is said of all logs."""
    place, _, reason = error.message.partition(": ")
    return (place, reason) if reason else (", ".join(logs), error.message)


def states_of(logs: Iterable[str], store: str | Path) -> State:
    """Tell of each file what changes when it is written, or when another takes its name."""
    states = State()
    for place in without_store(expand(logs), str(store)):
        with suppress(OSError):
            status = os.stat(place.path)  # noqa: PTH116  strings, as in places.py
            states[place.path] = (*state_of(place.path, status), status.st_ino)
    return states
