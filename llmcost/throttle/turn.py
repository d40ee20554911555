"""One process at a time changes throttles: the limits that a key had before must not be read from another's change."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llmcost.errors import StoreError

SUFFIX = ".throttle.lock"


@contextmanager
def turn(path: Path) -> Iterator[bool]:
    """Take the turn of the file of alerts, or tell that another process has it; who dies gives it back.

    Raises StoreError where nothing can be written there.
    """
    try:
        lock = os.open(path.with_name(path.name + SUFFIX), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(f"{path}{SUFFIX}: {error.strerror}", hint="throttles are kept beside the store") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(lock)
