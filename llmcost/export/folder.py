"""A folder of day=YYYY-MM-DD/data_N.parquet: made beside its place and moved in whole; what is not ours stays."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from llmcost.errors import UsageError, unwritable

DATA = re.compile(r"data_\d+\.parquet")
MARK = b"llmcost"


def check_folder(folder: Path, command: str, *, force: bool) -> None:
    """Refuse a place that cannot be written, or holds something; with `force`, only what stands in the way.

    Raises UsageError.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder}: not a folder", hint="-o names a folder, files by day are made in it")
        if not folder.exists() or not any(folder.iterdir()):
            return
        standing = places(folder)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read: {error.strerror}") from error
    if not force:
        raise UsageError(f"{folder}: not empty", hint="another folder, or --force to replace an earlier export in it")
    for path in standing:
        if not is_ours(path, command):
            raise UsageError(f"{path}: not written by `llmcost {command}`, and in its way", hint="another folder")


def places(folder: Path) -> list[Path]:
    """Name what stands where an export writes, whoever made it."""
    days = sorted(folder.glob("day=*"))
    odd = [day for day in days if day.is_symlink() or not day.is_dir()]
    return odd + [path for day in days if day not in odd for path in sorted(day.iterdir()) if DATA.fullmatch(path.name)]


def is_ours(path: Path, command: str) -> bool:
    """Tell whether a file says in its schema that `llmcost COMMAND` wrote it."""
    if path.is_symlink() or not path.is_file():
        return False
    try:
        about = json.loads((pq.read_metadata(path).metadata or {}).get(MARK, b"{}"))
    except (OSError, ValueError, pa.ArrowException):
        return False
    return isinstance(about, dict) and about.get("command") == command


def foreign(folder: Path) -> list[Path]:
    """Name the files of a folder that no export wrote."""
    ours = set(places(folder))
    return [path for path in folder.rglob("*") if not path.is_dir() and path not in ours]


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write in, on the same disk; whatever happens, nothing of it is left but what was moved.

    Raises OutputError where the disk takes no more, UsageError where the place is wrong.
    """
    try:
        part = beside(folder) / f".{folder.resolve().name}.{uuid4().hex}.part"
        part.mkdir(parents=True)
        try:
            yield part
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise unwritable(folder, error) from error


def beside(folder: Path) -> Path:
    """Choose where to prepare: beside the folder, or in it where that is another disk or not ours to write."""
    parent = folder.resolve().parent
    if not folder.exists():
        return parent
    is_near = parent.stat().st_dev == folder.stat().st_dev and os.access(parent, os.W_OK)
    return parent if is_near else folder


def move_in(part: Path, folder: Path, command: str) -> None:
    """Put what was prepared in its place: a new folder at once, file by file where there is one already.

    Files of an earlier export are replaced or taken away. Raises UsageError where something else stands there by now.
    """
    if not folder.exists():
        part.rename(folder)
        return
    check_folder(folder, command, force=True)
    earlier = {path.relative_to(folder) for path in places(folder)}
    new = {path.relative_to(part) for path in places(part)}
    with uninterrupted():
        for name in sorted(new):
            (folder / name).parent.mkdir(exist_ok=True)
            (part / name).replace(folder / name)
        for name in earlier - new:
            (folder / name).unlink()
            if not any((folder / name).parent.iterdir()):
                (folder / name).parent.rmdir()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let a Ctrl-C wait until the block is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt
