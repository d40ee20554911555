"""What the names that queries read stand for in a DuckDB connection: the values that a query was given, none other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from functools import cache
from importlib import resources
from itertools import count
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, finalize

from llmcost.shelf import Query, naming
from llmcost.store.engine import DerivedTable, Input, Inputs
from llmcost.store.priced import Priced
from llmcost.store.prices import add_prices, are_in_range, fill_prices
from llmcost.store.quote import quoted
from llmcost.store.scope import Scope, scope_query
from llmcost.store.shape import shape
from llmcost.store.zone import set_zone

if TYPE_CHECKING:
    from llmcost.store.connection import Store

SETUP = resources.files("llmcost.store") / "setup"
PRICES, CHARGES, DIMENSIONS = "1_prices.sql", "5_charges.sql", "6_dimensions.sql"
COUNTS, COUNTS_IN_RANGE = "2_counts.sql", "2_counts_in_range.sql"
SUMMARIES = "7_summaries.sql"
# what is made when a query reads it, or where it holds
NOT_ALWAYS = (CHARGES, DIMENSIONS, COUNTS, COUNTS_IN_RANGE, SUMMARIES)
REQUESTS = "select (select count(*) from requests) + (select coalesce(sum(requests), 0) from summaries)"
# what tells the present meaning of a name from another: its SQL, and the same of what that reads
Key = tuple[Any, ...]
OF_ALL_REQUESTS: Key = (DIMENSIONS,)
OF_CHARGES: Key = (CHARGES,)
# up to so many requests, pricing them once costs less than planning the prices again for each query
FEW = 10_000


@dataclass
class Wanted:
    """What a query is to find: the prices, the zone of its days, and what each view is: SQL, or an Arrow table."""

    priced: Priced | None = None
    zones: set[tzinfo] = field(default_factory=set)
    views: dict[str, tuple[Any, Key]] = field(default_factory=dict)

    @property
    def zone(self) -> tzinfo | None:
        """The zone that the scope has, UTC without one, and none where nothing has days. Raises ValueError for two."""
        if len(self.zones) > 1:
            raise ValueError("a query cannot tell days in two zones")
        return next(iter(self.zones), UTC if "dimensions" in self.views else None)

    def add(self, name: str, view: Any, key: Key) -> Key:
        """Let a name be a view. Raises ValueError where it is another one already."""
        if self.views.setdefault(name, (view, key))[1] != key:
            raise ValueError(f"{name} cannot be two tables at once")
        return key


class Binding:
    """The present meaning of each name in one connection; what it has already is not given to it again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._numbers = count(1)
        self._made: WeakKeyDictionary[DerivedTable, str] = WeakKeyDictionary()
        self._unused: list[str] = []
        self._is_bare = False
        # what `priced_requests` is: a table, or a view, and when it was made
        self._present = ""
        self._changes = 0
        self.forget()

    def forget(self) -> None:
        """Begin anew: the requests are others, or their names are."""
        self._priced: Priced | None = None
        self._zone: tzinfo | None = None
        self._keys: dict[str, Key] = {}
        self._columns: dict[Key, dict[str, str]] = {}

    def bind(self, inputs: Inputs) -> None:
        """Let each name stand for its value. Raises ValueError where one would have to stand for two."""
        is_changed = self._store.changes != self._changes
        while self._unused:
            self._store.execute(f"drop table {self._unused.pop()}")
        if is_changed and self._priced is not None and self._present == "table":
            self._price_requests()
        self._changes = self._store.changes
        wanted = Wanted()
        for name, value in inputs.items():
            self._want(name, value, wanted)
        if wanted.priced is not None:
            self._set_prices(wanted.priced)
        for name, (view, key) in wanted.views.items():
            if self._keys.get(name) != key:
                self._keys.pop(name, None)
                self._set_view(name, view)
                self._keys[name] = key
        if wanted.zone is not None and wanted.zone is not self._zone:
            set_zone(self._store, wanted.zone)
            self._zone = wanted.zone
        self._changes = self._store.changes

    def bind_bare(self, inputs: Inputs) -> None:
        """Let names stand for their values, for a user's own queries: no table of ours is there beside them."""
        if not self._is_bare:
            self._is_bare = True
            self.forget()
        self.bind(inputs)

    def columns(self, sql: str, inputs: Inputs) -> dict[str, str]:
        """Name the columns of a query over tables, and their types."""
        wanted = Wanted()
        key = (sql, *(self._want(name, value, wanted) for name, value in inputs.items()))
        if key not in self._columns:
            self.bind(inputs)
            self._columns[key] = {name: kind for name, kind, *_ in self._store.rows(f"describe {sql}")}
        return self._columns[key]

    def _want(self, name: str, value: Input, wanted: Wanted) -> Key:
        if isinstance(value, Priced):
            return self._want_prices(name, value, wanted)
        if isinstance(value, Scope):
            reads: Key = self._want_prices("dimensions", value.priced, wanted)
            if (hours := value.block_hours) is not None:
                reads = (reads, self._want("block_hours", hours, wanted))
            wanted.zones.add(value.filters.zone)
            view: Any = scope_query(value, value.priced.columns)
        elif not isinstance(value, DerivedTable):
            reads, view = (id(value),), value
        elif value.is_materialized:
            reads, view = (), f"from {self._table(value)}"
        else:
            given = read_by(value.query, value.inputs)
            reads, view = tuple(self._want(*one, wanted) for one in given.items()), text_of(value.query)
        return wanted.add(name, view, (view if isinstance(view, str) else name, reads))

    def _want_prices(self, name: str, priced: Priced, wanted: Wanted) -> Key:
        known = wanted.priced or priced
        if replace(known, also=priced.also) != priced:
            raise ValueError("a query cannot see two prices of one request")
        wanted.priced = replace(priced, also=known.also | priced.also)
        if name == "charges":
            return wanted.add(name, None, OF_CHARGES)
        if name != "dimensions":
            return ()
        if priced.dimensions is not None:
            return self._want(name, priced.dimensions, wanted)
        return wanted.add(name, None, OF_ALL_REQUESTS)

    def _table(self, value: DerivedTable) -> str:
        """Name the table that a value is put into, when it is first read; it goes when the value does."""
        if value not in self._made:
            self.bind(read_by(value.query, value.inputs))
            table = f"derived_{next(self._numbers)}"
            with naming(value.query):
                self._store.execute(
                    f"create temp table {table} as {text_of(value.query)}", dict(value.parameters) or None
                )
            self._changes = self._store.changes
            self._made[value] = table
            finalize(value, self._unused.append, table)
        return self._made[value]

    def _set_view(self, name: str, view: Any) -> None:
        if view is None:
            self._run_script(CHARGES if name == "charges" else DIMENSIONS)
        elif isinstance(view, str):
            self._store.execute(f"create or replace temp view {quoted(name)} as {view}")
        else:
            self._store.execute(f"drop view if exists temp.main.{quoted(name)}")
            self._store.register(name, view)

    def _set_prices(self, priced: Priced) -> None:
        bound = self._priced
        if bound is None or (bound.book, bound.repricing) != (priced.book, priced.repricing):
            self._priced = None
            scripts = sorted(file.name for file in SETUP.iterdir() if file.name not in NOT_ALWAYS)
            if bound is None:
                self._run_script(COUNTS_IN_RANGE if are_in_range(self._store) else COUNTS)
            for script in scripts if bound is None else [PRICES]:
                self._run_script(script)
            if bound is None and self._store.rows("select 1 from summaries limit 1"):
                self._run_script(SUMMARIES)
            fill_prices(self._store, priced.book, priced.repricing)
            self._price_requests()
            self._priced = bound = replace(priced, also=frozenset(), dimensions=None)
            # these are at the former prices, or not there yet
            self._keys.pop("dimensions", None)
            self._keys.pop("charges", None)
        if priced.also - bound.also:
            add_prices(self._store, priced.book, priced.also)
            self._priced = replace(bound, also=bound.also | priced.also)

    def _price_requests(self) -> None:
        """Price few requests once, and again when something was written; many, whenever they are read."""
        is_few = self._store.value(REQUESTS) <= FEW
        kind, other = ("table", "view") if is_few and not self._is_bare else ("view", "table")
        if self._present != kind:
            self._store.execute(f"drop {other} if exists temp.main.priced_requests")
            self._present = kind
        self._store.execute(f"create or replace temp {kind} priced_requests as from requests_priced_as('resolved')")

    def _run_script(self, name: str) -> None:
        self._store.execute((SETUP / name).read_text(encoding="utf-8"))
        if name == DIMENSIONS:
            self._zone, self._keys["dimensions"] = UTC, OF_ALL_REQUESTS


def read_by(query: Query | str, inputs: Inputs) -> Inputs:
    """Choose what a query reads beside the store's own tables; SQL as text may read all. Raises ValueError."""
    if isinstance(query, str):
        return inputs
    missing = [name for name in query.inputs if name not in inputs and name not in stored()]
    if missing:
        raise ValueError(f"{query.name} reads {missing[0]}, which it was not given")
    return {name: inputs[name] for name in query.inputs if name in inputs}


def text_of(query: Query | str) -> str:
    """Give a query's SQL."""
    return query if isinstance(query, str) else query.query


@cache
def setup() -> tuple[str, ...]:
    """Give the SQL of prices and costs: where it is another, what comes of it is too."""
    return tuple(file.read_text(encoding="utf-8") for file in sorted(SETUP.iterdir(), key=lambda file: file.name))


def stored() -> Mapping[str, object]:
    """Name the tables that a store keeps about itself."""
    return shape()["tables"] | shape()["views"]
