"""All requests of a store at the prices of a book, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from llmcost.pricing import Book
from llmcost.store.blocks import BLOCK, block_hours
from llmcost.store.engine import DerivedTable, Engine, Inputs, Tables
from llmcost.store.scope import Filters, Scope, TopGroups

# what `setup/` makes
TABLES = (
    "prices",
    "resolved",
    "leaves",
    "priced_requests",
    "priced_names",
    "charges",
    "dimensions",
    "paid_rates",
)


@dataclass(frozen=True)
class Repricing:
    """How a book is applied where it is not as it happened.

    `as_of`: all requests at the prices of that day. `models`: a model to the one whose price it is to have; with
    `only_unpriced` what has a price of its own gets none.
    """

    as_of: date | None = None
    models: Mapping[str, str] = field(default_factory=dict)
    only_unpriced: bool = False


@dataclass(frozen=True)
class Priced(Tables):
    """All requests at the prices of a book.

    `also` are rules of the book whose prices are to be there besides those that the requests need. `dimensions` stands
    in the place of all requests with what reports group by, where only some of them are looked at again and again.
    `known_blocks` are the blocks that were asked for, so that scopes which are alike have one table of them. Raises
    PriceBookError where sums of costs could be too large to be exact.
    """

    store: Engine
    book: Book
    repricing: Repricing = Repricing()
    also: frozenset[int] = frozenset()
    dimensions: DerivedTable | None = None
    known_blocks: dict[Any, DerivedTable] = field(default_factory=dict, compare=False, repr=False)

    @property
    def engine(self) -> Engine:
        """The store that the requests are in."""
        return self.store

    @property
    def tables(self) -> Inputs:
        """Prices, requests with their cost, and what reports make of them."""
        return dict.fromkeys(TABLES, self)

    def scope(
        self, filters: Filters | None = None, by: tuple[str, ...] | None = (), *, top: TopGroups | None = None
    ) -> Scope:
        """Choose requests, with group_1..group_4 as the columns of `by`; see Scope."""
        return Scope(self, filters or Filters(), by, top)

    def block_hours(self, filters: Filters) -> DerivedTable:
        """Give the block of each hour that has requests of `filters`; see blocks.py."""
        key = (self.dimensions, filters)
        if key not in self.known_blocks:
            self.known_blocks[key] = block_hours(self, filters)
        return self.known_blocks[key]

    @property
    def columns(self) -> dict[str, str]:
        """Every column that a report can group or filter by, with its type."""
        found = self.engine.columns("from dimensions", {"dimensions": self})
        return found | {"tag": "VARCHAR", BLOCK: "VARCHAR"}
