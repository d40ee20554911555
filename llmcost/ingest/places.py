"""From what the command line names to the files behind it: paths, folders, globs; what is not a file is named."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator
from typing import NamedTuple

ESCAPED = re.compile(r"\\x([89a-f][0-9a-f])")
# opened, one would wait for a writer, another never end
KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))


class Place(NamedTuple):
    """A file to read, by the path that opens it; or one that cannot be read, and why.

    `is_named` tells whether the file itself was named, and does not merely lie in a folder or match a glob.
    """

    path: str
    is_named: bool
    reason: str = ""
    hint: str = ""
    is_pipe: bool = False


def expand(paths: Iterable[str]) -> Iterator[Place]:
    """Name the files behind paths, folders and globs by their resolved paths, each once.

    Folders are read recursively, links followed, hidden files left out.
    """
    seen: set[str] = set()
    for text in paths:
        for place in matches(text):
            if place.path not in seen:
                seen.add(place.path)
                yield place


def without_store(places: Iterable[Place], store: str) -> Iterator[Place]:
    """Leave out a store and what is kept beside it, where they merely lie in a folder of logs."""
    own = os.path.realpath(store)
    return (place for place in places if place.is_named or not (place.path == own or place.path.startswith(f"{own}.")))


def matches(text: str) -> Iterator[Place]:
    """Name the files behind one path, folder or glob."""
    try:
        mode = os.stat(text).st_mode  # noqa: PTH116  thousands of files: strings, not Path objects
    except (OSError, ValueError) as error:
        yield from globbed(text, why(error))
        return
    if stat.S_ISDIR(mode):
        yield from inside(text)
    elif stat.S_ISFIFO(mode):
        # what stands for a shell's <(command) has no other name
        yield Place(os.path.abspath(text), True, is_pipe=True)  # noqa: PTH100
    else:
        hint = "- reads standard input" if stat.S_ISCHR(mode) else ""
        yield Place(os.path.realpath(text), True, no_file(mode), hint)


def globbed(text: str, reason: str) -> Iterator[Place]:
    """Name what a glob matches, or say why nothing is there."""
    if os.path.lexists(text):
        yield Place(text, True, f"a link that leads nowhere: {reason}" if os.path.islink(text) else reason)  # noqa: PTH114
        return
    found = sorted(glob.glob(text, recursive=True)) if "\0" not in text else []  # noqa: PTH207  absolute ones too
    if not found:
        missing = reason if reason != os.strerror(2) else "no such file or folder"
        yield Place(text, True, missing, "globs work too: 'logs/**/*.jsonl.gz'")
    for path in found:
        if not os.path.isdir(path):  # noqa: PTH112
            yield looked_at(path, os.path.realpath(path))


def inside(folder: str) -> Iterator[Place]:
    """Name the files below a folder in the order of their names."""
    files = sorted(walk(os.path.realpath(folder)))
    if files and files[0].path == os.path.realpath(folder):
        yield files[0]._replace(is_named=True)
    elif not files:
        yield Place(folder, True, "the folder holds no files")
    else:
        yield from files


def walk(folder: str) -> Iterator[Place]:
    """Name the files below a folder; a folder that links lead to twice is read once, one that is closed is named."""
    seen, left = {folder}, [folder]
    while left:
        here = left.pop()
        try:
            with os.scandir(here) as listed:
                entries = list(listed)
        except OSError as error:
            yield Place(here, False, why(error))
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_file(follow_symlinks=False):
                yield Place(entry.path, False)
                continue
            path = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
            if not os.path.isdir(path):  # noqa: PTH112
                yield looked_at(entry.path, path)
            elif path not in seen:
                seen.add(path)
                left.append(path)


def looked_at(path: str, real: str) -> Place:
    """Tell from outside whether what lies in a folder is a file."""
    try:
        reason = no_file(os.stat(path).st_mode)  # noqa: PTH116
    except OSError as error:
        link = "a link that leads nowhere: " if os.path.islink(path) else ""  # noqa: PTH114
        return Place(path, False, link + why(error))
    return Place(path if reason else real, False, reason)


def no_file(mode: int) -> str:
    """Say what something is that is not a file; nothing of a file."""
    if stat.S_ISREG(mode):
        return ""
    return next((kind for is_kind, kind in KINDS if is_kind(mode)), "a device") + ", not a file"


def why(error: OSError | ValueError) -> str:
    """Say why the system refuses a path."""
    return (error.strerror if isinstance(error, OSError) else None) or "not a path"


def shown(path: str) -> str:
    r"""Write a path as people see it and the ledger keeps it: bytes that are not UTF-8 as \xff."""
    if is_utf8(path):
        return path
    return os.fsencode(path).decode(errors="backslashreplace")


def is_utf8(path: str) -> bool:
    """Tell whether a path can be written as text; the bytes of another are half surrogates in Python."""
    try:
        return path.isascii() or bool(path.encode())
    except UnicodeEncodeError:
        return False


def openable(path: str) -> str:
    """Find the path that opens what is shown as `path`."""
    if "\\x" not in path or os.path.lexists(path):
        return path
    parts = ESCAPED.split(path)
    raw = [part.encode() if at % 2 == 0 else bytes.fromhex(part) for at, part in enumerate(parts)]
    return os.fsdecode(b"".join(raw))
