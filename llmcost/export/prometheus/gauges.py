"""What people alert on, as gauges: columns of the views by group, budgets, and the times of a window."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from llmcost.detect import Savings
from llmcost.detect.savings import COLUMNS as SAVINGS_COLUMNS
from llmcost.errors import UsageError
from llmcost.export.prometheus.measures import BUDGETS, MEASURES, UNCOSTED, Measure
from llmcost.export.prometheus.text import Gauge, Sample
from llmcost.report.budget import COLUMNS as BUDGET_COLUMNS
from llmcost.report.budget import Budget, budgets
from llmcost.report.coverage import coverage
from llmcost.report.query import queries
from llmcost.report.run import Grouping, checked, cut_view, kept_groups
from llmcost.report.view import view_named
from llmcost.store import Filters, Priced, Rows, TopGroups
from llmcost.store.scope import MAX_GROUPS

MOST_SERIES = 2000
BY = ("provider", "model")
REST = "other"
Found = tuple[tuple[str, ...], Rows]


def group_gauges(priced: Priced, filters: Filters, by: tuple[str, ...] = BY, top: int | None = None) -> list[Gauge]:
    """Measure the requests of `filters` by group, or `top` groups by cost and the rest as one.

    Raises UsageError for a column that does not exist, and where there would be too many groups.
    """
    kept = kept_of(priced, filters, by, top)
    covered, cut = coverage(priced.scope(filters)), Grouping(by, kept=kept)
    found: dict[str, Found] = {}
    for name in dict.fromkeys(measure.view for measure in MEASURES if measure.view != UNCOSTED):
        report = cut_view(priced, view_named(name), cut, filters, covered)
        found[name] = report.columns, report.rows
    found[UNCOSTED] = uncosted(priced, filters, by, kept)
    return [Gauge(measure.name, measure.help, samples(measure, *found[measure.view])) for measure in MEASURES]


def kept_of(priced: Priced, filters: Filters, by: tuple[str, ...], top: int | None) -> TopGroups | None:
    """Choose the groups to keep, by cost, for all gauges alike; the name of the rest does not change with their number.

    Raises UsageError where there are more groups than there may be series.
    """
    cost = view_named("cost")
    checked(cost, Grouping(by, top=top))
    inner = [name for name in by if name in ("stream", "error_kind")]
    if top is not None and inner:
        raise UsageError(
            f"--top with --by {inner[0]}: some gauges have it as a label anyway", hint="leave out one of them"
        )
    scope = priced.scope(filters, by)
    groups = f"select distinct group_1, group_2, group_3, group_4 from scope limit {MOST_SERIES + 1}"
    if min(scope.value(f"select count(*) from ({groups})"), top or MOST_SERIES + 1) > MOST_SERIES:
        raise UsageError(f"--by {','.join(by)}: more than {MOST_SERIES:,} series", hint=fewer())
    kept = kept_groups(priced, cost, by, filters, top, 0) if top and by else None
    return replace(kept, other_label=rest_among({row[0] for row in kept.rows})) if kept else None


def rest_among(taken: set[Any]) -> str:
    """Name the rest as no group is named."""
    rest = REST
    while rest in taken:
        rest = f"({rest})"
    return rest


def fewer() -> str:
    """Say how to have fewer series."""
    return "--top 50 keeps the groups that cost most, or name fewer columns in --by"


def uncosted(priced: Priced, filters: Filters, by: tuple[str, ...], kept: TopGroups | None) -> Found:
    """Count the requests of each group that have no cost."""
    result = priced.scope(filters, by, top=kept).result(queries()[UNCOSTED])
    return (*by, *result.columns[MAX_GROUPS:]), [row[: len(by)] + row[MAX_GROUPS:] for row in result.rows]


def samples(measure: Measure, columns: tuple[str, ...], rows: Rows) -> tuple[Sample, ...]:
    """Take a measure out of a table; what stands before the measures are labels."""
    # a group may have the name of a measure
    width = labels_in(measure.view, columns)
    found = []
    for row in rows:
        labels = dict(zip(columns[:width], row[:width], strict=True))
        for column, quantile in measure.columns.items():
            value = value_of(column, row[columns.index(column, width)])
            found.append((labels | ({"quantile": quantile} if quantile else {}), value))
    return tuple(found)


def labels_in(view: str, columns: tuple[str, ...]) -> int:
    """Count the columns of a table that are groups or the view's own labels."""
    first = "unpriced_requests" if view == UNCOSTED else view_named(view).sums[0]
    return columns.index(first)


def value_of(column: str, value: Any) -> Any:
    """Give a value in its base unit: milliseconds as seconds, by their digits."""
    return Decimal(repr(value)).scaleb(-3) if column.endswith("_ms") and value is not None else value


def budget_gauges(priced: Priced, asked: Iterable[Budget], filters: Filters) -> list[Gauge]:
    """Hold budgets against what is spent, as `llmcost report budget` does; none where there are none."""
    wanted = list(asked)
    rows = [dict(zip(BUDGET_COLUMNS, row, strict=True)) for row in budgets(priced, wanted, filters)] if wanted else []
    return [
        replace(gauge, samples=tuple(({"budget": row["budget"], "period": period(row)}, row[column]) for row in rows))
        for column, gauge in BUDGETS.items()
    ]


def period(row: dict[str, Any]) -> str:
    """Tell whether a budget is of a day or a month; not which one, that would be a new series each time."""
    return "day" if row["period"].count("-") == 2 else "month"


def savings_gauge(found: Savings) -> Gauge:
    """Take what each fix would save out of a waterfall; its first row is all spend, its last what remains."""
    line, saving = SAVINGS_COLUMNS.index("line"), SAVINGS_COLUMNS.index("saving_usd")
    saved = tuple(({"detector": row[line]}, row[saving]) for row in found.rows[1:-1])
    return Gauge("llmcost_savings_usd", "What fixes would save of the window's cost, US dollars.", saved)


def window_gauges(priced: Priced, filters: Filters, checked_on: date | None, now: datetime) -> list[Gauge]:
    """Tell what the others are of: the window's length, the last request of all, when this was made, of which prices.

    Raises UsageError where the window has no length.
    """
    end = min(filters.until or now, now)
    if filters.since is None or filters.since >= end:
        raise UsageError("--since: not before the end of the window", hint="for example --since 24h, without --until")
    last = priced.scope(replace(filters, since=None)).value("select max(started_at) from scope")
    day = None if checked_on is None else datetime.combine(checked_on, time())
    return [
        Gauge(
            "llmcost_last_request_timestamp_seconds", "Start of the last request, in the window or before.", one(last)
        ),
        Gauge("llmcost_window_seconds", "Length of the window that requests are counted in.", one(end - filters.since)),
        Gauge("llmcost_export_timestamp_seconds", "When these numbers were made.", one(now)),
        Gauge("llmcost_prices_checked_timestamp_seconds", "Day when the prices were last looked at.", one(day)),
    ]


def one(value: Any) -> tuple[Sample, ...]:
    """Make the only sample of a gauge without labels."""
    return (({}, value),)


def check_size(gauges: Iterable[Gauge]) -> None:
    """Refuse what a Prometheus should not have to hold. Raises UsageError."""
    sizes = {gauge.name: len(gauge.known) for gauge in gauges}
    total = sum(sizes.values())
    if total > MOST_SERIES:
        largest = max(sizes, key=lambda name: sizes[name])
        raise UsageError(
            f"{total:,} series, more than {MOST_SERIES:,}; most are {largest} ({sizes[largest]:,})", hint=fewer()
        )
