"""The Python API: the same reports as the command line, as Polars frames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl

from llmcost.detect import Detector, Savings, claim, detect, detectors, found_requests, savings
from llmcost.detect.run import Settings
from llmcost.errors import UsageError
from llmcost.ingest import Summary, ingest
from llmcost.pricing import Book, load_book, shipped_book_path
from llmcost.report import Report, run
from llmcost.store import Filters, Store, parse_when

When = str | datetime | None
TYPES: dict[str, Any] = {
    "requests": pl.Int64,
    "cost_usd": pl.Decimal(38, 21),
    "cost_share": pl.Float64,
    "cost_per_request_usd": pl.Float64,
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
        by: Sequence[str] = (),
        *,
        since: When = None,
        until: When = None,
        where: Sequence[str] = (),
        pricing: str | Path | None = None,
    ) -> pl.DataFrame:
        """Report spend, one row per distinct value of the columns in `by`, largest cost first.

        Columns: those of `by`, as named; requests (count); input_tokens, cached_tokens, output_tokens (tokens, input
        includes cache, output includes reasoning); cost_usd (USD, Decimal, exact; null where no request of the row
        has a price); cost_share (0..1 of the whole); cost_per_request_usd (USD, of the requests with a cost).

        `since` and `until` are datetimes, dates as text, or ages such as "7d"; `where` holds "column=value".
        Raises UsageError for a column that does not exist, PriceBookError for a bad price book.
        """
        result = self.spend(by, since=since, until=until, where=where, pricing=pricing)
        schema = {c: TYPES.get(c, pl.Int64 if c.endswith("_tokens") else None) for c in result.columns}
        return pl.DataFrame(result.rows, schema=schema, orient="row", infer_schema_length=None)

    def spend(
        self,
        by: Sequence[str] = (),
        *,
        since: When = None,
        until: When = None,
        where: Sequence[str] = (),
        pricing: str | Path | None = None,
    ) -> Report:
        """Report the same with its totals and its coverage: what has no price, and why."""
        if isinstance(by, str):
            raise UsageError(f"by={by!r}: a list of columns", hint=f"by=[{by!r}]")
        filters = Filters(moment(since), moment(until), tuple(where))
        return run(self._store, book_with(pricing), by=tuple(by), filters=filters)

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
        earlier detectors have left of this request); certainty (proven, likely or possible), evidence, started_at,
        key, model, route, cost_usd. `settings` holds parameters by detector. Raises UsageError for what does not exist.
        """
        filters = Filters(moment(since), moment(until), tuple(where))
        hits = detect(self._store, book_with(pricing), chosen(names), filters=filters, settings=settings)
        claim(self._store, hits)
        columns, rows = found_requests(self._store, hits)
        schema = {
            c: pl.Decimal(38, 21) if c.endswith("_usd") else pl.Datetime if c.endswith("_at") else pl.String
            for c in columns
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

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
        hits = detect(self._store, book_with(pricing), chosen(()), filters=filters, settings=settings)
        claim(self._store, hits)
        return savings(self._store, hits)


def book_with(pricing: str | Path | None) -> Book:
    """Load the shipped price book, and another over it."""
    return load_book([shipped_book_path(), *([Path(pricing)] if pricing else [])])


def chosen(names: Sequence[str]) -> list[Detector]:
    """Take detectors by name, or all."""
    if isinstance(names, str):
        raise UsageError(f"names={names!r}: a list of detectors", hint=f"[{names!r}]")
    unknown = [name for name in names if name not in detectors()]
    if unknown:
        raise UsageError(f"{unknown[0]}: no such detector", hint=f"there are {', '.join(detectors())}")
    # the order of the shelf is the order of the claims
    return [detector for name, detector in detectors().items() if name in names or not names]


def moment(when: When) -> datetime | None:
    """Read a bound of time as naive UTC."""
    return parse_when(when.isoformat() if isinstance(when, datetime) else when)
