"""Run detectors over a scope: the rows of each are a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from typing import Any

import duckdb

from llmcost.detect.custom import run_own
from llmcost.detect.detector import Detector, detectors
from llmcost.detect.needs import missing_requirements
from llmcost.detect.query import queries
from llmcost.errors import ShelfError, UsageError, first_line
from llmcost.pricing import Book
from llmcost.store import DerivedTable, Engine, Filters, Inputs, Scope, Store, Tables
from llmcost.store.detection_rules import detection_rules

DECIMALS = 4  # of a fraction, in the queries
MACROS = resources.files("llmcost.detect") / "macros.sql"
# what detectors read of requests
SINGLE = "single_requests"
READ = ("calls", "prefixes", "smaller_requests", "successor_requests")
Settings = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Hits(Tables):
    """What ran over a scope, `by_detector` its rows as a table, a row per request; and why others could not run.

    `asked` names those whose findings are wanted; the others ran since they claim before them. `values` are the
    parameters that each ran with. `read` are the tables that detectors read beside the scope.
    """

    scope: Scope
    read: Inputs
    asked: tuple[str, ...]
    by_detector: dict[str, DerivedTable] = field(default_factory=dict)
    detectors: dict[str, Detector] = field(default_factory=dict)
    cannot_run: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        """The store that the requests are in."""
        return self.scope.engine

    @property
    def tables(self) -> Inputs:
        """What a detector may read."""
        return {**self.scope.tables, **self.read}

    @property
    def found(self) -> list[str]:
        """The names of those that are wanted and ran."""
        return [name for name in self.by_detector if name in self.asked]


def detect(
    store: Store,
    book: Book,
    known: Mapping[str, Detector],
    asked: Iterable[str],
    *,
    filters: Filters | None = None,
    settings: Settings | None = None,
    on_step: Callable[[str], None] = lambda name: None,
) -> Hits:
    """Price the store with `book` and run detectors over the requests of `filters`.

    `known` are all that there are, in the order in which they claim. With those that are `asked` for the ones run that
    come before them, so that a finding has the same dollars whoever asks for it.

    `settings` overrides parameters by detector. `on_step` gets the name of what is about to run.
    Raises UsageError for a parameter that does not exist.
    """
    on_step("prices")
    store.define(MACROS.read_text(encoding="utf-8"))
    rules = detection_rules(store.price(book))
    scope = rules.priced.scope(filters)
    # where nothing is asked for, nothing is lacking either
    has_requests = not scope.is_empty
    read: Inputs = {SINGLE: scope.derive_view(queries()[SINGLE])}
    read = {**read, **{name: scope.derive_view(queries()[name], {**rules.made, **read}) for name in READ}}
    hits = Hits(scope, {**rules.made, **read}, tuple(asked))
    for detector in with_earlier(known, hits.asked):
        on_step(detector.name)
        hits.detectors[detector.name] = detector
        if detector.name not in detectors():
            # before anything of its file runs, what it says it needs, too
            store.sandbox()
        values = parameters(detector, (settings or {}).get(detector.name, {}))
        missing = missing_requirements_of(scope, detector) if has_requests else []
        if missing:
            if detector.name in hits.asked:
                hits.cannot_run[detector.name] = f"cannot run: these logs have {'; '.join(missing)}"
            continue
        hits.values[detector.name] = values
        # a team's own may read whatever there is
        query = detector if detector.name in detectors() else detector.query
        hits.by_detector[detector.name] = hits.derive(query, **values)
        run(store, hits, detector)
    return hits


def with_earlier(known: Mapping[str, Detector], asked: Iterable[str]) -> list[Detector]:
    """Take the detectors up to the last one that is asked for."""
    last = max((list(known).index(name) for name in asked), default=-1)
    return [*known.values()][: last + 1]


def missing_requirements_of(scope: Scope, detector: Detector) -> list[str]:
    """Say what the requests do not have. Raises ShelfError where a team's own detector needs a column of nobody."""
    try:
        return missing_requirements(scope, detector.needs)
    except duckdb.Error as error:
        if detector.name in detectors():
            raise
        raise ShelfError(f"{detector.name}.sql: needs: {first_line(error)}") from None


def run(store: Store, hits: Hits, detector: Detector) -> None:
    """Run one detector into its table."""
    values, table = hits.values[detector.name], hits.by_detector[detector.name]
    if detector.name in detectors():
        try:
            store.bind({"found": table})
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            # what is shipped does not overflow with its own numbers
            if values == parameters(detector, {}):
                raise
            raise UsageError(f"{detector.name}: a parameter is too large: {first_line(error)}") from None
    else:
        run_own(store, hits.scope, detector, table)


def parameters(detector: Detector, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Lay settings over a detector's defaults; fractions as Decimals, so that money stays exact.

    Raises UsageError where the detector has no such parameter, or the value is not a number as its default is.
    """
    unknown = [name for name in settings if name not in detector.params]
    if unknown:
        known = ", ".join(detector.params) or "none"
        raise UsageError(f"{detector.name} has no parameter {unknown[0]}", hint=f"it has {known}")
    return {name: exact(name, settings.get(name, default), default) for name, default in detector.params.items()}


def exact(name: str, value: Any, default: Any) -> Any:
    """Read a value as the kind of number that its default is."""
    if isinstance(default, str):
        return str(value)
    try:
        number = Decimal(str(value))
        whole = int(number)
    except (ArithmeticError, ValueError):
        raise UsageError(f"{name}: {value} is not a number", hint=f"its default is {default}") from None
    if number < 0 or (isinstance(default, int) and number != whole):
        raise UsageError(f"{name}: {value} is not a {'whole ' * isinstance(default, int)}number from 0 up")
    if number != round(number, DECIMALS):
        raise UsageError(f"{name}: {value} has more than {DECIMALS} decimals")
    return whole if isinstance(default, int) else number
