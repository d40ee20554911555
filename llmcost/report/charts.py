"""The charts of each view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from llmcost.render import Figure, Table
from llmcost.report.over import LONGEST
from llmcost.report.run import Report
from llmcost.store import Scope

InTime = Callable[[tuple[str, ...]], Report]
ROW = "group"
WAY = "way"
HOURS_UP_TO = timedelta(days=3)
DAYS_UP_TO = timedelta(days=120)
WEEKS_UP_TO = timedelta(days=730)


def unit_for(scope: Scope) -> str:
    """Choose the unit of time for charts by how long requests go on; a pause that is not filled does not count."""
    days = [day for (day,) in scope.rows("select distinct cast(started_at as date) as day from scope order by day")]
    first, last = span(scope)
    pauses = (after - before for before, after in pairwise(day for day in days if day is not None))
    length = (last - first if first else timedelta()) - sum((p for p in pauses if p > LONGEST["day"]), timedelta())
    if length <= HOURS_UP_TO:
        return "hour"
    if length <= DAYS_UP_TO:
        return "day"
    return "week" if length <= WEEKS_UP_TO else "month"


def span(scope: Scope) -> tuple[Any, Any]:
    """Give the times of the first and the last request that is asked for."""
    ((first, last),) = scope.rows("select min(started_at), max(started_at) from scope")
    return first, last


def figures_of(result: Report, in_time: InTime) -> Iterator[Figure]:
    """Make the charts of one view; `in_time` gives it over time by other groups."""
    if result.view.name in DRAWN:
        yield from DRAWN[result.view.name](result, in_time)


def line(title: str, found: Report, parts: str | None) -> Figure:
    """Draw a view's measure over time, a line for each group; what has no time of its own has no place in it."""
    rows = [row for row in found.rows if row[0] is not None]
    table = Table(found.title, found.columns, rows, found.totals, {})
    return Figure(title, "series", table, found.columns[0], found.view.measure, parts)


def overview(result: Report, in_time: InTime) -> Iterator[Figure]:
    """What each model costs."""
    yield Figure("Cost by model", "bars", named(result, "cost_usd"), ROW, "cost_usd")


def cost(result: Report, in_time: InTime) -> Iterator[Figure]:
    """Cost over time, by model and by key."""
    yield line("Cost over time by model", in_time(("model",)), "model")
    by_key = in_time(("key",))
    if any(row[1] is not None for row in by_key.rows):
        yield line("Cost over time by key", by_key, "key")


def latency(result: Report, in_time: InTime) -> Iterator[Figure]:
    """How long answers take: the usual, most and nearly all of them."""
    for title, what in (("Time to answer", "latency"), ("Time to first token", "first_token")):
        low, middle, high = (f"{what}_{rank}_ms" for rank in ("p50", "p95", "p99"))
        if any(value is not None for value in column(result, middle)):
            table = named(result, low, middle, high)
            yield Figure(f"{title}: p50, p95 and p99", "ranges", table, ROW, middle, None, low, high)
    yield line("p95 over time by provider", spoken(in_time(("provider",))), ROW)


def cache(result: Report, in_time: InTime) -> Iterator[Figure]:
    """The share of input that came from providers' caches."""
    if any(value is not None for value in column(result, "cached_share")):
        yield line("Cached share of input over time by provider", in_time(("provider",)), "provider")


def errors(result: Report, in_time: InTime) -> Iterator[Figure]:
    """How often requests fail, how sure that is, and when."""
    if not result.rows:
        return
    shares = ("error_share", "error_low_share", "error_high_share")
    table = named(result, *shares)
    yield Figure("Error rates, 95 % intervals", "ranges", table, ROW, shares[0], None, shares[1], shares[2])
    yield line("Errors over time by kind", in_time(()), "error_kind")


def reliability(result: Report, in_time: InTime) -> Iterator[Figure]:
    """Where failed requests went."""
    if result.rows:
        at = [result.columns.index(name) for name in ("from_model", "to_model", "step", "steps", "recovered_share")]
        rows = [(f"{row[at[0]]} → {row[at[1]]}", *(row[place] for place in at[2:])) for row in result.rows]
        table = Table(result.title, (WAY, "step", "steps", "recovered_share"), rows, {}, {})
        yield Figure("From where to where", "bars", table, WAY, "steps", "step")


def efficiency(result: Report, in_time: InTime) -> Iterator[Figure]:
    """Whether prompts grow."""
    yield line("Input of a request over time by model", in_time(("model",)), "model")


def named(result: Report, *measures: str) -> Table:
    """Give a view's rows one name each, of all that tells them apart, beside some measures."""
    groups = len(result.by) + len(result.view.labels)
    at = [result.columns.index(name) for name in measures]
    rows = [(called(result, row[:groups]), *(row[place] for place in at)) for row in result.rows]
    return Table(result.title, (ROW, *measures), rows, {}, {})


def spoken(result: Report) -> Report:
    """Join the groups of rows in time into one column, so that each is a line of its own."""
    groups = 1 + len(result.by) + len(result.view.labels)
    rows = [(row[0], called(result, row[1:groups]), *row[groups:]) for row in result.rows]
    return replace(result, columns=(result.columns[0], ROW, *result.columns[groups:]), rows=rows)


def called(result: Report, values: tuple[Any, ...]) -> str:
    """Name a row by what tells it apart."""
    names = (*result.by, *result.view.labels)
    return " ".join(word(name, value) for name, value in zip(names, values, strict=True) if value is not None) or "all"


def word(name: str, value: Any) -> str:
    """Write one value of a name."""
    if name == "stream":
        return "streamed" if value else "not streamed"
    return str(value)


def column(result: Report, name: str) -> list[Any]:
    """Take one column."""
    at = result.columns.index(name)
    return [row[at] for row in result.rows]


DRAWN: dict[str, Callable[[Report, InTime], Iterator[Figure]]] = {
    "overview": overview,
    "cost": cost,
    "latency": latency,
    "cache": cache,
    "errors": errors,
    "reliability": reliability,
    "efficiency": efficiency,
}
