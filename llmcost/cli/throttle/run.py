"""`llmcost throttle list`, `release` and `log`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from llmcost.alerts.state import Memory, state_path
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import TableOptions
from llmcost.configuration import open_configuration
from llmcost.counts import agreeing, counted
from llmcost.errors import GateError, UsageError
from llmcost.render import Table
from llmcost.store.connect import check_file
from llmcost.throttle.enforce import release_by_hand, releasing
from llmcost.throttle.register import Register

LISTED = ("key", "state", "action", "rpm", "began_at", "until_at", "reason", "ended", "through", "hash")
LOGGED = ("logged_at", "what", "key", "detail", "hash")


def run_list(db: Path, table: TableOptions) -> int:
    """Print what is throttled, and what was."""
    with opened(db) as register:
        rows = [
            (
                *(one.key, one.state, one.action, one.rpm, one.began_at, one.until, one.reason),
                *(one.how or None, one.through or None, one.hash),
            )
            for one in register.all()
        ]
    write(Table("Throttled keys", LISTED, rows, {}, envelope("throttle list"), below=("reason", "hash")), table)
    return 0


def run_log(db: Path, table: TableOptions) -> int:
    """Print what was done."""
    with opened(db) as register:
        rows = [(datetime.fromisoformat(at), what, key, detail, id) for at, what, key, id, detail in register.logged()]
    write(Table("What was done", LOGGED, rows, {}, envelope("throttle log"), below=("detail", "hash")), table)
    return 0


def run_release(db: Path, key: str | None, *, is_all: bool) -> int:
    """Release one key or all. Raises UsageError where it is not throttled, GateError where the gateway fails."""
    if is_all is (key is not None):
        raise UsageError("name a key, or say --all", hint="llmcost throttle list")
    settings, now = open_configuration(), datetime.now(UTC).replace(tzinfo=None)
    check_file(str(db), read_only=True)
    with releasing(state_path(db), settings.throttle, settings.alerts, now) as run:
        count, left = release_by_hand(run, key)
    for line in run.lines:
        note(f"throttle: {line}")
    if not count and key is not None:
        raise UsageError(f"{key}: it is not throttled", hint="llmcost throttle list")
    if left:
        raise GateError(f"{counted(left, 'key')} {agreeing(left, 'is', 'are')} not released yet")
    print(f"{counted(count, 'key')} released")
    return 0


@contextmanager
def opened(db: Path) -> Iterator[Register]:
    """Open the register of a store that is there; who only reads makes no file."""
    check_file(str(db), read_only=True)
    path = state_path(db)
    with Memory(path if path.exists() else None) as memory:
        yield Register(memory)
