"""What an ingest did, and who wants to know how far it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from llmcost.errors import InputError
from llmcost.ingest.sieve import Reject


class Progress(Protocol):
    """Who wants to know how far ingest is: it gets the size of all files, then of each batch as it begins and is in."""

    def start(self, total_bytes: int) -> None:
        """All files are known."""

    def begin(self, batch_bytes: int) -> None:
        """A batch is about to be read."""

    def advance(self, read_bytes: int, rows: int) -> None:
        """A batch is committed."""


@dataclass
class Summary:
    """What an ingest did.

    `new + duplicates + rejected + passed_over` is the number of records that were read: lines, or for traces spans.
    `unfinished` files end in a half-written line, which waits for the next run. `ambiguous` requests have counts that
    fit neither reading of their total. `skipped` files lay in a folder and cannot be read, `refused` ones were named.
    `summed` are tables whose rows are sums of requests. `keys` are the names that stand for raw API keys.
    """

    files: int = 0
    unchanged: int = 0
    new: int = 0
    duplicates: int = 0
    ambiguous: int = 0
    rejects: list[Reject] = field(default_factory=list)
    passed_over: Counter[tuple[str, str]] = field(default_factory=Counter)
    unfinished: list[str] = field(default_factory=list)
    formats: Counter[str] = field(default_factory=Counter)
    summed: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    refused: list[InputError] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    @property
    def rejected(self) -> int:
        """The number of lines that are in `rejects`."""
        return len(self.rejects)

    @property
    def read(self) -> int:
        """The number of records that were read."""
        return self.new + self.duplicates + self.rejected + sum(self.passed_over.values())

    def add(self, found: Summary) -> None:
        """Add what one batch came to."""
        self.new += found.new
        self.duplicates += found.duplicates
        self.ambiguous += found.ambiguous
        self.passed_over += found.passed_over
        self.rejects += found.rejects
        self.keys |= found.keys
