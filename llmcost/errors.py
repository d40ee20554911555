"""Every refusal of llmcost, its exit code and its hint.

LlmcostError
├── GateError (1)             a condition that was to fail the command holds
├── UsageError (2)            a flag, a column or a value that does not exist
│   ├── PriceBookError        pricing.yaml says something that cannot be a price book
│   └── ShelfError            a .sql file whose header and query do not fit together
├── InputError (3)            nothing to read, or nothing that can be read
│   ├── FormatError           a file whose format nobody knows
│   └── LimitError            more bad lines than were to be borne
├── StoreError (3)            the store cannot be opened: locked, newer, not a store, not writable
└── IncompleteError (4)       --strict: something is unpriced or its usage is missing
"""

from __future__ import annotations


def first_line(error: Exception) -> str:
    """Take the sentence of a library's error, without its copy of the query or the file."""
    return str(error).splitlines()[0]


class LlmcostError(Exception):
    """A refusal: what is wrong, where, and a hint what to do next."""

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class GateError(LlmcostError):
    """The command did its work, and a condition that was to fail it holds."""

    exit_code = 1


class UsageError(LlmcostError):
    """The command line or a configuration file asks for something that does not exist."""

    exit_code = 2


class PriceBookError(UsageError):
    """A price book breaks a rule of its format; the message begins with FILE:LINE."""


class ShelfError(UsageError):
    """A .sql file's header and query do not fit together."""


class InputError(LlmcostError):
    """There is nothing to read, or it cannot be read."""


class FormatError(InputError):
    """A file's records are in no format that llmcost knows."""


class LimitError(InputError):
    """More lines are bad than were to be borne."""


class StoreError(LlmcostError):
    """The store cannot be opened or written."""


class IncompleteError(LlmcostError):
    """Under --strict: a request is unpriced or its usage is missing."""

    exit_code = 4
