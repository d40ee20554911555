"""The Python API: the same reports as the command line, as Polars frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl

from llmcost.detect import Savings, claim, detect, detectors, found_requests, savings
from llmcost.detect.run import Settings
from llmcost.errors import UsageError
from llmcost.ingest import Summary, ingest, refusal_of
from llmcost.pricing import Book, load_book, shipped_book_path
from llmcost.pricing.nearest import among
from llmcost.report import Report, run
from llmcost.report.blocks import END
from llmcost.report.view import view_named
from llmcost.store import Filters, Store, parse_when
from llmcost.store.zone import read_zone

When = str | datetime | None
USD = pl.Decimal(38, 21)
# by the end of a column's name; what has no unit is a count
UNITS: dict[str, Any] = {
    "_usd": USD,
    "_share": pl.Float64,
    "_ms": pl.Float64,
    "_at": pl.Datetime("us"),
}
# of a group that is of no such kind the values decide
KINDS: dict[str, Any] = {
    "VARCHAR": pl.String,
    "BOOLEAN": pl.Boolean,
    "DATE": pl.Date,
    "TIMESTAMP": pl.Datetime("us"),
    "DOUBLE": pl.Float64,
    **dict.fromkeys(("SMALLINT", "INTEGER", "BIGINT"), pl.Int64),
    "UBIGINT": pl.UInt64,
}


class Database:
    """A store opened for reading, or logs read into memory.

    Raises llmcost.errors.StoreError where the store cannot be opened, InputError where logs cannot be read.
    """

    def __init__(self, path: str | Path | None = None, *, logs: Sequence[str | Path] = ()) -> None:
        if (path is None) == (not logs):
            raise UsageError("open a store or logs, one of the two")
        self.summary: Summary | None = None
        self._store = Store() if path is None else Store(path, read_only=True)
        if logs:
            self.summary = ingest(self._store, [str(log) for log in logs])
            if self.summary.refused:
                raise refusal_of(self.summary.refused)
            self._store.sandbox()

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store and give its lock back."""
        self._store.close()

    def report(
        self,
        by: Sequence[str] | None = None,
        *,
        view: str = "cost",
        over: str | None = None,
        top: int | None = None,
        since: When = None,
        until: When = None,
        where: Sequence[str] = (),
        tz: str = "UTC",
        pricing: str | Path | None = None,
        prices_as_of: date | None = None,
    ) -> pl.DataFrame:
        """Report a view (cost, latency, cache, errors, reliability, efficiency or overview), as `llmcost report` does.

        One row per distinct value of the columns in `by`; without it by the view's own groups, and with `by=[]` one row
        (a view that has several rows a group, such as errors by error_kind, has one for each of these).
        `over` (hour, block, day, week, month) is the first column then, gaps filled; `top` keeps the largest groups and
        makes the others one. `tz` is the zone of days and hours, and of `since` and `until`, which are datetimes, dates
        as text, or ages such as "7d"; `where` holds "column=value"; `prices_as_of` prices all as on that day.

        Types by the end of a name: _usd Decimal, exact (USD; null where no request of the row has a price), _per_ and
        whatever else is divided Float64, _tokens and counts Int64, _share (0 to 1) and _ms Float64, _at Datetime in
        UTC. docs/reports.md says what each column is. Raises UsageError for what does not exist, PriceBookError for a
        bad price book.
        """
        book = book_with(pricing)
        result = self._run(by, view, over, top, filters_of(since, until, where, tz), book, prices_as_of)
        return frame_of(result, self._store.price(book).columns)

    def spend(
        self,
        by: Sequence[str] | None = (),
        *,
        view: str = "cost",
        since: When = None,
        until: When = None,
        where: Sequence[str] = (),
        pricing: str | Path | None = None,
    ) -> Report:
        """Report the same with its totals and its coverage: what has no price, and why."""
        return self._run(by, view, None, None, filters_of(since, until, where), book_with(pricing))

    def _run(
        self,
        by: Sequence[str] | None,
        view: str,
        over: str | None,
        top: int | None,
        filters: Filters,
        book: Book,
        as_of: date | None = None,
    ) -> Report:
        if isinstance(by, str):
            raise UsageError(f"by={by!r}: a list of columns", hint=f"by=[{by!r}]")
        # what a view always splits by is there anyway
        columns = None if by is None else tuple(name for name in by if name not in view_named(view).labels)
        return run(self._store, book, view=view, by=columns, over=over, top=top, filters=filters, as_of=as_of)

    def detect(
        self,
        names: Sequence[str] = (),
        *,
        since: When = None,
        until: When = None,
        where: Sequence[str] = (),
        pricing: str | Path | None = None,
        settings: Settings | None = None,
    ) -> pl.DataFrame:
        """Detect waste, one row per request and detector; without `names` with every detector.

        Columns: request_id, detector, finding; saving_usd, saving_low_usd, saving_high_usd (USD, Decimal, exact: what
        earlier detectors have left of this request, whether asked for or not), standalone_usd; certainty (proven,
        likely or possible), evidence_tier (text, fields, counters or counts), evidence, started_at, key, model, route,
        cost_usd.
        `settings` holds parameters by detector. Raises UsageError for what does not exist.
        """
        filters = Filters(moment(since), moment(until), tuple(where))
        hits = detect(self._store, book_with(pricing), detectors(), chosen(names), filters=filters, settings=settings)
        found = found_requests(claim(hits))
        schema = {
            name: USD if name.endswith("_usd") else pl.Datetime if name.endswith("_at") else pl.String
            for name in found.columns
        }
        return pl.DataFrame(found.rows, schema=schema, orient="row")

    def savings(
        self,
        *,
        since: When = None,
        until: When = None,
        where: Sequence[str] = (),
        pricing: str | Path | None = None,
        settings: Settings | None = None,
    ) -> Savings:
        """Add up what every detector finds: the waterfall, its totals, subtotals by certainty and a month's worth."""
        filters = Filters(moment(since), moment(until), tuple(where))
        hits = detect(self._store, book_with(pricing), detectors(), detectors(), filters=filters, settings=settings)
        return savings(claim(hits))


def frame_of(result: Report, kinds: Mapping[str, str]) -> pl.DataFrame:
    """Make a typed frame; groups have the types of their columns in the store, which are `kinds`."""
    groups = (*([result.over] if result.over else []), *result.by)
    schema = {name: type_of(name, result.view.labels) for name in result.columns}
    # with `top` there is a group "other"
    schema |= {name: pl.String if result.kept else KINDS.get(kinds.get(name, "VARCHAR")) for name in groups}
    if result.over:
        schema[result.over] = pl.Date if result.over == "day" else pl.String
    return pl.DataFrame(result.rows, schema=schema, orient="row", infer_schema_length=None)


def type_of(name: str, labels: Sequence[str]) -> Any:
    """Give the type of a view's column by its name."""
    if name in labels:
        return pl.Boolean if name == "stream" else pl.String
    if name == END:
        return pl.String
    if name.startswith("is_"):
        return pl.Boolean
    if "_per_" in name:
        return pl.Float64
    return next((kind for unit, kind in UNITS.items() if name.endswith(unit)), pl.Int64)


def filters_of(since: When, until: When, where: Sequence[str], tz: str = "UTC") -> Filters:
    """Read what says which requests count."""
    zone = read_zone(tz)
    return Filters(moment(since, zone), moment(until, zone), tuple(where), zone)


def book_with(pricing: str | Path | None) -> Book:
    """Load the shipped price book, and another over it."""
    return load_book([shipped_book_path(), *([Path(pricing)] if pricing else [])])


def chosen(names: Sequence[str]) -> list[str]:
    """Check names of detectors; without any, all."""
    if isinstance(names, str):
        raise UsageError(f"names={names!r}: a list of detectors", hint=f"[{names!r}]")
    unknown = [name for name in names if name not in detectors()]
    if unknown:
        raise UsageError(f"{unknown[0]}: no such detector", hint=among(unknown[0], detectors(), "there are"))
    return list(names or detectors())


def moment(when: When, zone: tzinfo = UTC) -> datetime | None:
    """Read a bound of time as naive UTC; one without a zone of its own is in `zone`."""
    return parse_when(when.isoformat() if isinstance(when, datetime) else when, zone=zone)
