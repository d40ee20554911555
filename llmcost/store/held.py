"""Which stores are open in this process, so that several threads may have one open at a time.

DuckDB gives them one database, each a connection of its own. Closing any other file handle on a store would give back
the lock that the process has on it, and one mask of new files holds for all threads.
"""

from __future__ import annotations

import os
from threading import RLock
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from llmcost.store.connection import Store

# held while a store is opened or closed
changing = RLock()
# those that are files
opened: WeakSet[Store] = WeakSet()
_masks: list[int] = []
_former = 0


def is_open(path: str) -> bool:
    """Tell whether some thread has this store open."""
    place = os.path.realpath(path)
    return any(os.path.realpath(store.path) == place for store in list(opened))


def mask(bits: int) -> None:
    """Let new files be no more than this as well."""
    global _former
    with changing:
        if not _masks:
            _former = os.umask(bits)
        _masks.append(bits)
        _apply()


def unmask(bits: int) -> None:
    """Take one mask back; after the last one new files are as they were before."""
    with changing:
        _masks.remove(bits)
        if _masks:
            _apply()
        else:
            os.umask(_former)


def _apply() -> None:
    bits = 0
    for one in _masks:
        bits |= one
    os.umask(bits)
