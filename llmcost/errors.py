"""Every refusal of llmcost, its exit code and its hint; what every code means, also those that are not refusals.

LlmcostError
├── GateError (1)             a condition that was to fail the command holds
├── UsageError (2)            a flag, a column or a value that does not exist
│   ├── PriceBookError        pricing.yaml says something that cannot be a price book
│   └── ShelfError            a .sql file whose header and query do not fit together
├── InputError (3)            nothing to read, or nothing that can be read
│   ├── FormatError           a file whose format nobody knows
│   └── LimitError            more bad lines than allowed
├── StoreError (3)            the store cannot be opened: newer, not a store, not writable
│   └── LockedError           another process holds the store
├── OutputError (3)           what was begun cannot be written to its end: a full disk, a closed stdout
└── IncompleteError (4)       --strict: something is unpriced or its usage is missing
"""

from __future__ import annotations

import errno
import os
from enum import IntEnum

# a place that was found and opened, and takes no more
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL = (*NO_ROOM, errno.EIO, errno.EBADF)

STDOUT = "stdout"
FREE = "stores and files are whole; make room where it leads to, and run it again"
MAKE_ROOM = "what was there before is whole; make room or name another place, and run it again"


class Exit(IntEnum):
    """What a command leaves with; `means` says when, as the table of the documentation does."""

    means: str

    def __new__(cls, code: int, means: str) -> Exit:
        """Keep the words beside the number."""
        exit = int.__new__(cls, code)
        exit._value_ = code
        exit.means = means
        return exit

    DONE = 0, "done; an answer may be empty, or a check may warn"
    GATE = (
        1,
        "the command did its work, and a condition that was to fail it holds: a check, `--fail-on`, `--fail-above`, "
        "a price that `pricing update` holds back",
    )
    USAGE = (
        2,
        "the command line, an environment variable, a price book or a settings file asks for what cannot be, or for a "
        "query that takes longer than `--timeout`",
    )
    UNUSABLE = (
        3,
        "a log, a store or another input cannot be read, holds nothing or more bad lines than allowed; or a store, "
        "a file, stdout or the temporary folder takes no more: what was there before is whole",
    )
    INCOMPLETE = 4, "`--strict`, and something has no price, no usage or no verdict"
    BUG = 70, "a bug in llmcost: please report it"
    INTERRUPTED = 130, "Ctrl-C; what was committed stays"
    READER_GONE = 141, "whoever read the output through a pipe has closed it, as `head` does; nothing is said"


def first_line(error: Exception) -> str:
    """Take the sentence of a library's error, without its copy of the query or the file."""
    return str(error).splitlines()[0]


class LlmcostError(Exception):
    """A refusal: what is wrong, where, and a hint what to do next."""

    exit_code = Exit.UNUSABLE

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class GateError(LlmcostError):
    """The command did its work, and a condition that was to fail it holds."""

    exit_code = Exit.GATE


class UsageError(LlmcostError):
    """The command line or a configuration file asks for something that does not exist."""

    exit_code = Exit.USAGE


class PriceBookError(UsageError):
    """A price book breaks a rule of its format; the message begins with FILE:LINE."""


class ShelfError(UsageError):
    """A .sql file's header and query do not fit together."""


class InputError(LlmcostError):
    """There is nothing to read, or it cannot be read."""


class FormatError(InputError):
    """A file's records are in no format that llmcost knows."""


class LimitError(InputError):
    """More lines are bad than the limit allows."""


class StoreError(LlmcostError):
    """The store cannot be opened or written."""


class LockedError(StoreError):
    """Another process holds the store, for now."""


class OutputError(LlmcostError):
    """What was begun cannot be written to its end; what was there before is whole."""


class IncompleteError(LlmcostError):
    """Under --strict: a request is unpriced or its usage is missing."""

    exit_code = Exit.INCOMPLETE


def full_reason(message: str) -> str:
    """Find in a library's message that a disk takes no more; nothing where it is something else."""
    return next((reason for reason in map(os.strerror, FULL[:-1]) if reason in message), "")


def cannot_write(place: object, reason: object) -> str:
    """Say of an output that it cannot be written, and why."""
    return f"{place}: cannot be written: {reason}"


def unwritable(place: object, error: OSError) -> LlmcostError:
    """Say why an output cannot be written: OutputError where its place takes no more, UsageError where it is wrong.

    Raises BrokenPipeError, which is nobody's fault, again.
    """
    if isinstance(error, BrokenPipeError):
        raise error
    reason = "it is closed" if error.errno == errno.EBADF else error.strerror or error
    message = cannot_write(place, reason)
    if error.errno in FULL:
        return OutputError(message, hint=FREE if place == STDOUT else MAKE_ROOM)
    return UsageError(message, hint="is its folder there, and may you write in it?")
