"""A folder for the copies that reading takes: this user's alone, gone at the end, or at the next start after a kill.

A folder's owner holds a lock on a file in it for as long as it lives; the system gives the lock back when it dies,
however it dies. So a folder whose lock is free is beyond doubt a dead one's.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows does not have these locks; nothing is swept there
    fcntl = None  # type: ignore[assignment]

PREFIX = "llmcost-"
LOCK = "lock"


@contextmanager
def scratch_folder() -> Iterator[str]:
    """Make a temporary folder of mode 0700, and first sweep away what this user's killed processes left."""
    sweep(tempfile.gettempdir())
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        lock = take_lock(folder)
        try:
            yield folder
        finally:
            clear(folder)
            if lock is not None:
                os.close(lock)


def take_lock(folder: str) -> int | None:
    """Hold a lock in a new folder. It has its name only once it is held, so that a free one is never a new one's."""
    if fcntl is None:
        return None
    making = os.path.join(folder, "making")  # noqa: PTH118
    lock = os.open(making, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(making, os.path.join(folder, LOCK))  # noqa: PTH104, PTH118
    except OSError:  # a file system without locks: the folder is swept by nobody
        os.close(lock)
        return None
    return lock


def sweep(parent: str) -> None:
    """Delete the folders whose owners are dead, as far as that can be done."""
    if fcntl is None:
        return
    with suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX):
                with suppress(OSError):
                    sweep_dead(entry)


def sweep_dead(entry: os.DirEntry[str]) -> None:
    """Delete one folder if it is this user's and its lock can be had; nobody else has it while it goes."""
    if not entry.is_dir(follow_symlinks=False) or entry.stat(follow_symlinks=False).st_uid != os.geteuid():
        return
    lock = os.open(Path(entry.path) / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        clear(entry.path)
        shutil.rmtree(entry.path, ignore_errors=True)
    finally:
        os.close(lock)


def clear(folder: str) -> None:
    """Delete what a folder holds but its lock, which goes last: who is killed meanwhile leaves it to the next."""
    for entry in list(os.scandir(folder)):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        elif entry.name != LOCK:
            with suppress(OSError):
                os.unlink(entry.path)  # noqa: PTH108
