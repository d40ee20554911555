"""A file that is whole at any moment.

It is written beside its place and takes its name only once all of it is on the disk, so that a full disk or a Ctrl-C
leaves what was there before.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from llmcost.errors import unwritable

# a file that is open already, by its number
OPEN_FILE = re.compile(r"/(?:dev|proc/(?:self|\d+))/(?:fd/(\d+)|stdin|stdout|stderr)")
STANDARD = {"stdin": 0, "stdout": 1, "stderr": 2}
# as many links one after the other as the system follows
MOST_LINKS = 40
# of a name that may be as long as a name can be
NAME = 50


@contextmanager
def whole_file(output: Path, mode: int | None = None) -> Iterator[IO[bytes]]:
    """Open a file that has its name only once the block has ended well; a device or a pipe is written as it comes.

    A link is written through. The mode is the one given, else that of the file that is replaced. Raises OutputError
    where the disk takes no more, UsageError where the place is wrong.
    """
    try:
        number = open_file(output)
        if number is not None:
            # opened anew, a file would be cut at its beginning
            with os.fdopen(os.dup(number), "wb") as file:
                yield file
        elif output.exists() and not output.is_file():
            with output.open("wb") as file:
                yield file
        else:
            with beside(Path(os.path.realpath(output)), mode) as file:
                yield file
    except OSError as error:
        raise unwritable(output, error) from error


@contextmanager
def beside(place: Path, mode: int | None) -> Iterator[IO[bytes]]:
    """Open a temporary neighbour of a file, and put it in its place once it is written."""
    # hidden, and without the ending of the name: nobody takes it for what it is not yet
    part = place.with_name(f".{place.name[:NAME]}.{uuid4().hex}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            keep_mode(handle, place, mode)
            yield file
            file.flush()
            os.fsync(handle)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def keep_mode(handle: int, place: Path, mode: int | None) -> None:
    """Give a new file the mode asked for, else the mode and the owner of the one that it replaces."""
    old = place.stat() if place.exists() else None
    if old is not None:
        # only root may give a file away
        with suppress(OSError):
            os.fchown(handle, old.st_uid, old.st_gid)
    if mode is not None:
        os.fchmod(handle, mode)
    elif old is not None:
        os.fchmod(handle, stat.S_IMODE(old.st_mode))


def open_file(output: Path) -> int | None:
    """Find the number of the open file that a path such as /dev/stdout or /dev/fd/3 means; None where it is none."""
    path = os.path.abspath(output)  # noqa: PTH100  a link is to be seen as one
    for _ in range(MOST_LINKS):
        found = OPEN_FILE.fullmatch(path)
        if found:
            return int(found[1]) if found[1] else STANDARD[path.rpartition("/")[2]]
        try:
            path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))  # noqa: PTH115,PTH118,PTH120
        except OSError:
            return None
    return None


def make_folder(file: Path) -> None:
    """Make the folder that a file is to stand in. Raises OutputError and UsageError as `whole_file` does."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(file, error) from error
