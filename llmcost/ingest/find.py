"""From paths to recognised files: what the ledger knows unchanged is not opened, what is not a log is set aside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from llmcost.errors import InputError
from llmcost.ingest.aside import setting_aside
from llmcost.ingest.format import Format
from llmcost.ingest.ledger import Ledger, open_known
from llmcost.ingest.places import Place, expand, shown, without_store
from llmcost.ingest.recognise import Recognised, recognise
from llmcost.ingest.sources import Source, linked, spool_pipe, spool_stdin, state_of
from llmcost.ingest.summary import Summary
from llmcost.store import Store

# so much of small files is held until it is read into the store
HELD_BYTES = 32 * 1024 * 1024


def find(store: Store, paths: Iterable[str], wanted: Format | None, folder: str, summary: Summary) -> list[Recognised]:
    """Recognise each file; one that cannot be is set aside, and the others are read.

    The first small ones are held, so that they are opened once.
    """
    found = []
    left = HELD_BYTES
    for path, is_named, opened in changed(Ledger(store), list(paths), store.path, folder, summary):
        with setting_aside(path, is_named, summary):
            source = opened()
            if source.start and source.start == source.end:
                summary.unchanged += 1
            else:
                left -= len(source.whole or b"")
                item = recognise(linked(source, folder), wanted)
                found.append(item if left > 0 else replace(item, source=replace(item.source, whole=None)))
    return found


def changed(
    ledger: Ledger, paths: list[str], store: str, folder: str, summary: Summary
) -> Iterator[tuple[str, bool, Callable[[], Source]]]:
    """Name what is to be opened, and how."""
    if "-" in paths:
        yield "-", True, partial(spool_stdin, folder)
    for place in without_store(expand(path for path in paths if path != "-"), store):
        name = shown(place.path)
        state = ledger.states.get(name)
        if place.reason:
            yield name, place.is_named, partial(refuse, place)
        elif place.is_pipe:
            yield name, True, partial(spool_pipe, place.path, folder)
        elif state is not None and is_unchanged(place.path, state):
            summary.unchanged += 1
        else:
            yield name, place.is_named, partial(open_known, place.path, place.is_named, ledger.entry(name))


def refuse(place: Place) -> Source:
    """Raise what is wrong with a place."""
    raise InputError(f"{shown(place.path)}: {place.reason}", hint=place.hint)


def is_unchanged(path: str, known: tuple[Any, ...]) -> bool:
    """Tell whether size, times and inode are those of the ledger; an older store does not know all of them."""
    try:
        found = os.stat(path)  # noqa: PTH116  thousands of files: strings, not Path objects
    except OSError:
        return False
    _, size, modified_ns, inode, changed_ns = known
    return state_of(path, found) == (size, modified_ns, found.st_ctime_ns if changed_ns is None else changed_ns) and (
        found.st_ino == inode
    )
