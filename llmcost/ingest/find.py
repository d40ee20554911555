"""From paths to recognised files: what the ledger knows unchanged is not opened, what is no log is set aside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from llmcost.errors import FormatError, InputError
from llmcost.ingest.format import Format
from llmcost.ingest.ledger import Entry, known_files, open_known
from llmcost.ingest.recognise import Recognised, recognise
from llmcost.ingest.sources import Source, expand, spool_stdin
from llmcost.ingest.summary import Summary
from llmcost.store import Store


def find(store: Store, paths: Iterable[str], wanted: Format | None, folder: str, summary: Summary) -> list[Recognised]:
    """Recognise each file; one that merely lay in a folder may be no log, a named one may not.

    Raises InputError where there is nothing to read.
    """
    found = []
    for path, is_named, opened in changed(known_files(store), list(paths), folder, summary):
        try:
            source = opened()
            if source.start and source.start == source.end:
                summary.unchanged += 1
                continue
            found.append(recognise(source, wanted, folder))
        except (FormatError, InputError) as error:
            if is_named:
                raise
            summary.skipped.append((path, error.message.removeprefix(f"{path}: ")))
    if not found and not summary.unchanged:
        path, reason = summary.skipped[0]
        raise InputError(f"no logs found in {len(summary.skipped)} files; {path}: {reason}")
    return found


def changed(
    ledger: dict[str, Entry], paths: list[str], folder: str, summary: Summary
) -> Iterator[tuple[str, bool, Callable[[], Source]]]:
    """Name what is to be opened, and how."""
    if "-" in paths:
        yield "-", True, lambda: spool_stdin(folder)
    for path, is_named in expand(p for p in paths if p != "-"):
        entry = ledger.get(path)
        if entry is not None and is_unchanged(path, entry):
            summary.unchanged += 1
        else:
            yield path, is_named, lambda path=path, is_named=is_named, entry=entry: open_known(path, is_named, entry)  # type: ignore[misc]


def is_unchanged(path: str, entry: Entry) -> bool:
    """Tell whether size, time and inode are those of the ledger."""
    try:
        stat = os.stat(path)  # noqa: PTH116  thousands of files: strings, not Path objects
    except OSError:
        return False
    return entry[:3] == (stat.st_size, stat.st_mtime_ns, stat.st_ino)
