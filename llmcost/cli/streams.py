"""stdin, stdout and stderr as a shell may have left them: closed, full, or with nobody at the other end."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from llmcost.errors import STDOUT

OUT, ERR = 1, 2


class Stdout(io.FileIO):
    """stdout, whose errors name it: those of a disk that it leads to look like any other file's."""

    def write(self, content: Any, /) -> Any:
        """Write as much as it takes."""
        try:
            return super().write(content)
        except OSError as error:
            raise OSError(error.errno, error.strerror, STDOUT) from None


def open_streams() -> None:
    """Make stdout say its name in its errors, and put something in the place of what is closed.

    Without that the next file that is opened, a store, would get its number. What is written to a closed stdout is
    refused like on a full disk; stderr is talk, and may go nowhere.
    """
    while (handle := os.open(os.devnull, os.O_RDONLY)) <= ERR:
        pass
    os.close(handle)
    if sys.stderr is None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), ERR)
        sys.stderr = open(ERR, "w", encoding="utf-8")  # noqa: SIM115  as long as the program
    was = sys.stdout
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(Stdout(OUT, "w", closefd=False)),
        encoding=was.encoding if was else "utf-8",
        errors=was.errors if was else "replace",
        line_buffering=os.isatty(OUT),
    )


def close_streams() -> None:
    """Write what is left; of what takes no more Python is not to complain at its own end, that was said already."""
    for stream, number in ((sys.stdout, OUT), (sys.stderr, ERR)):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)
