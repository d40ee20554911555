"""Each view of `llmcost report` against an oracle in plain Python, written from docs/reports.md."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from llmcost.pricing import Book, load_book
from llmcost.report import Report, run, views
from llmcost.report.budget import COLUMNS, Budget, budgets
from llmcost.report.compare import compare
from llmcost.report.forecast import forecast
from llmcost.store import Filters, Store
from tests.oracles import cuts, money
from tests.oracles.forecast import budget_row, expected
from tests.oracles.traffic import Request, fill, traffic
from tests.oracles.views import VIEWS, whole
from tests.shelves import shipped

Rows = dict[tuple[Any, ...], dict[str, Any]]
ZONES: list[tzinfo] = [
    UTC,
    *map(ZoneInfo, ("Europe/Berlin", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe")),
]
NAMES = ["model", "provider", "key", "team", "user", "operation", "status", "error_kind"]
TIMES = ["hour", "day", "week", "month"]
GROUPS = st.lists(
    st.sampled_from([*NAMES, *NAMES, "tag", "tag", "stream", "cache_hit", *TIMES]), max_size=2, unique=True
)
WHERES = st.sampled_from(
    [
        *[()] * 4,
        ("model=m",),
        ("model!=m",),
        ("provider=acme", "key=k", "key=id"),
        ("user=",),
        ("tag=a", "tag=c"),
        ("tag!=b",),
        ("status=error",),
        ("model=none of these",),
    ]
)
QUICK: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    # what is wrong is said group by group; to make a log of 60 requests smaller takes minutes
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
}


@dataclass(frozen=True)
class Desk:
    """One store for many examples, and its book."""

    store: Store
    book: Book

    def report(self, view: str, by: Sequence[str] = (), **more: Any) -> Report:
        return run(self.store, self.book, view=view, by=tuple(by), **more)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    file = tmp_path_factory.mktemp("book") / "book.yaml"
    file.write_text(money.BOOK, encoding="utf-8")
    with Store() as store:
        yield Desk(store, load_book([file]))


def is_same(expected: Any, actual: Any) -> bool:
    """Compare exactly, floats to twelve digits."""
    if expected is None or actual is None:
        return expected is actual
    if isinstance(actual, float):
        return math.isclose(float(expected), actual, rel_tol=1e-12, abs_tol=1e-15)
    return bool(expected == (Fraction(actual) if isinstance(actual, Decimal) else actual))


def keyed(report: Report) -> Rows:
    """Give the rows of a report by their groups and labels."""
    groups = (report.over is not None) + len(report.by) + len(report.view.labels)
    return {row[:groups]: dict(zip(report.columns[groups:], row[groups:], strict=True)) for row in report.rows}


def wrong(expected: Rows, actual: Rows) -> list[tuple[Any, ...]]:
    """List what is not as expected: rows that only one side has, columns, numbers."""
    apart: list[tuple[Any, ...]] = [("row", key) for key in {*expected} ^ {*actual}]
    for key in {*expected} & {*actual}:
        apart += unlike(expected[key], actual[key], key)
    return apart


def unlike(expected: Mapping[str, Any], actual: Mapping[str, Any], key: Any = "total") -> list[tuple[Any, ...]]:
    columns = [("column", key, name) for name in {*expected} ^ {*actual}]
    shared = [name for name in actual if name in expected]
    return columns + [(key, n, expected[n], actual[n]) for n in shared if not is_same(expected[n], actual[n])]


def bounds(requests: Sequence[Request], at: tuple[int | None, int | None]) -> tuple[datetime | None, datetime | None]:
    """Make --since and --until of the times of two requests, or none."""
    since, until = (requests[n % len(requests)]["started_at"] if n is not None and requests else None for n in at)
    return (since, until) if since is None or until is None or since < until else (since, None)


def between(requests: Sequence[Request], since: datetime | None, until: datetime | None) -> list[Request]:
    return [r for r in requests if (since or datetime.min) <= r["started_at"] < (until or datetime.max)]


BOUNDS = st.tuples(*[st.one_of(st.none(), st.none(), st.integers(0, 20))] * 2)


def test_every_view_that_is_shipped_has_an_oracle() -> None:
    assert shipped("view", views()) <= set(VIEWS) <= set(views())


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_says_of_every_group_what_its_document_says(desk: Desk, view: str) -> None:
    @settings(max_examples=10, **QUICK)
    @given(requests=traffic(), by=GROUPS, zone=st.sampled_from(ZONES), where=WHERES, at=BOUNDS)
    def agree(requests: list[Request], by: list[str], zone: tzinfo, where: tuple[str, ...], at: Any) -> None:
        by = groups_of(view, by)
        fill(desk.store, requests)
        since, until = bounds(requests, at)
        report = desk.report(view, by, filters=Filters(since, until, where, zone))
        asked = cuts.where(between(requests, since, until), where)

        assert [] == wrong(cuts.rows(view, asked, by, zone), keyed(report))
        totals = whole(view, asked)
        assert [] == unlike({name: totals[name] for name in report.totals}, report.totals)
        if "tag" not in by:
            assert [] == unlike({n: report.totals.get(n) for n in sums_of(report)}, sums_of(report))

    agree()


def groups_of(view: str, by: list[str]) -> list[str]:
    """Leave out what a view tells apart anyway, and what it cannot be told by."""
    return [name for name in by if name not in (*views()[view].not_by, *views()[view].labels)]


def sums_of(report: Report) -> dict[str, Any]:
    """Add up the rows in every column that may be added up and that has a total; nothing known is nothing known."""
    found = {}
    for name in [name for name in report.view.sums if name in report.totals]:
        values = [row[report.columns.index(name)] for row in report.rows]
        known = [value for value in values if value is not None]
        found[name] = sum(known) if known else None if report.totals[name] is None else 0
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_rows_in_time_are_in_order_without_a_gap(desk: Desk, view: str) -> None:
    @settings(max_examples=5, **QUICK)
    @given(
        drawn=st.sampled_from([("hour", 1), ("hour", 3), ("day", 9), ("week", 60), ("month", 150)]).flatmap(
            lambda pair: st.tuples(st.just(pair[0]), traffic((pair[1],), most=40))
        ),
        by=st.lists(st.sampled_from(["provider", "key", "tag"]), max_size=1),
        zone=st.sampled_from(ZONES),
        at=BOUNDS,
    )
    def agree(drawn: tuple[str, list[Request]], by: list[str], zone: tzinfo, at: Any) -> None:
        unit, requests = drawn
        by = groups_of(view, by)
        fill(desk.store, requests)
        since, until = bounds(requests, at)
        report = desk.report(view, by, over=unit, filters=Filters(since, until, zone=zone))
        asked = between(requests, since, until)
        found = cuts.rows(view, asked, [unit, *by], zone)
        if found:
            looked_at = [r for r in asked if any(key[0] in cuts.values(r, unit, zone) for key in found)]
            times = cuts.calendar(unit, *cuts.ends(looked_at, since, until), zone)
            columns = next(iter(found.values()))
            found = cuts.in_time(found, times, list(columns), report.view.sums)
            if unit in ("week", "month"):
                part = {at: cuts.is_partial(unit, at, requests, (since, until), zone) for at in times}
                found = {key: {**row, "is_partial": part[key[0]]} for key, row in found.items()}
            assert times == list(dict.fromkeys(row[0] for row in report.rows))
            assert report.rows == sorted(report.rows, key=lambda row: times.index(row[0]))

        assert [] == wrong(found, keyed(report))

    agree()


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_not_among_the_largest_is_one_group_computed_from_its_requests(desk: Desk, view: str) -> None:
    @settings(max_examples=5, **QUICK)
    @given(
        requests=traffic((7, 40), least=10),
        by=st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True),
        top=st.integers(1, 3),
        over=st.sampled_from([None, None, "day"]),
        zone=st.sampled_from(ZONES[:3]),
    )
    def agree(requests: list[Request], by: list[str], top: int, over: str | None, zone: tzinfo) -> None:
        fill(desk.store, requests)
        by = groups_of(view, by)
        report = desk.report(view, by, over=over, top=top, filters=Filters(zone=zone))
        groups = cuts.largest(view, cuts.rows(view, requests, by, zone), len(by))
        rest = (f"other ({len(groups) - top})", *[None] * (len(by) - 1))
        first = 1 if over else 0

        def named(key: tuple[Any, ...]) -> tuple[Any, ...]:
            is_kept = len(groups) <= top or key[first:] in groups[:top]
            return key if is_kept else (*key[:first], *rest)

        found = cuts.rows(view, requests, [over, *by] if over else by, zone, named)
        actual = keyed(report)
        if over:
            # gaps have a test of their own
            sums = report.view.sums
            actual = {
                key: row
                for key, row in actual.items()
                if key in found or unlike({n: cuts.zero(n) if n in sums else None for n in row}, row)
            }
        assert [] == wrong(found, actual)
        if not over and len(groups) > top:
            at = [row[: len(by)] == rest for row in report.rows]
            assert sorted(at) == at

    agree()


@pytest.mark.parametrize("view", VIEWS)
def test_two_periods_differ_by_what_they_differ(desk: Desk, view: str) -> None:
    @settings(max_examples=4, **QUICK)
    @given(requests=traffic(least=2), by=st.lists(st.sampled_from(NAMES), max_size=1), at=st.integers(1, 50))
    def agree(requests: list[Request], by: list[str], at: int) -> None:
        fill(desk.store, requests)
        middle = requests[at % len(requests)]["started_at"]
        by = groups_of(view, by)
        now = desk.report(view, by, filters=Filters(since=middle))
        before = desk.report(view, by, filters=Filters(until=middle))
        periods = between(requests, None, middle), between(requests, middle, None)
        measure, sums = now.view.measure, now.view.sums
        was, became = (cuts.rows(view, period, by) for period in periods)
        changes = cuts.compared(was, became, (whole_of(view, periods[0]), whole_of(view, periods[1])), measure, sums)

        found = compare(before, now)

        groups = len(by) + len(now.view.labels)
        last = 5 if measure in sums else 4
        at_measure = next(n for n, name in enumerate(found.columns) if name == measure) - 1
        actual = {row[:groups]: row[at_measure : at_measure + last] for row in found.rows}
        assert {*changes} == {*actual}
        assert [] == [(key, changes[key], row) for key, row in actual.items() if not is_same_change(changes[key], row)]

    agree()


def is_same_change(expected: Sequence[Any], actual: Sequence[Any]) -> bool:
    """Compare two values and their differences; a difference of floats is as exact as what it is taken from."""
    if not isinstance(actual[2], float):
        return all(is_same(*pair) for pair in zip(expected, actual, strict=False))
    exact = 1e-12 * max(abs(actual[0]), abs(actual[1]))
    change = exact / abs(actual[0]) if actual[0] else 0.0
    return (
        all(is_same(*pair) for pair in zip(expected[:2], actual, strict=False))
        and math.isclose(expected[2], actual[2], rel_tol=1e-12, abs_tol=exact)
        and (expected[3] is actual[3] is None or math.isclose(expected[3], actual[3], rel_tol=1e-12, abs_tol=change))
    )


def whole_of(view: str, requests: Sequence[Request]) -> dict[str, Any]:
    """Give the totals of a view, without those that it does not give."""
    shown = views()[view].totals
    return {name: value if not shown or name in shown else None for name, value in whole(view, requests).items()}


# Forecasts and budgets.

TODAY = date(2026, 10, 26)
DAILY = st.dictionaries(
    st.integers(0, 40).map(lambda days: TODAY - timedelta(days=days)),
    st.integers(0, 10**9).map(lambda n: Decimal(n) / 1_000_000),
    max_size=41,
)


@settings(max_examples=60, **QUICK)
@given(
    costs=DAILY, first=st.sampled_from([date(2026, 10, 1), TODAY]), last=st.sampled_from([TODAY, date(2026, 10, 31)])
)
def test_a_forecast_is_what_is_spent_and_days_like_the_past_ones(
    costs: dict[date, Decimal], first: date, last: date
) -> None:
    should = expected({day: Fraction(usd) for day, usd in costs.items()}, TODAY, first, last)

    found = forecast(costs, TODAY, first, last)

    assert (should.spent, should.days_left) == (Fraction(found.spent_usd), found.days_left)
    assert (should.expected is None, should.half_width is None) == (found.expected_usd is None, found.low_usd is None)
    if should.expected is not None and found.expected_usd is not None:
        assert abs(should.expected - Fraction(found.expected_usd)) <= Fraction(1, 1_000_000)
    if should.half_width is not None and found.low_usd is not None and found.high_usd is not None:
        # the table of Student's t has four digits
        near = {"rel_tol": 3e-4, "abs_tol": 2e-6}
        assert math.isclose(should.half_width, found.high_usd - (found.expected_usd or 0), **near)
        low = max(float(should.expected or 0) - should.half_width, float(should.spent))
        assert math.isclose(low, found.low_usd, rel_tol=1e-3, abs_tol=2e-6 + 3e-4 * should.half_width)


LIMITS = st.sampled_from([None, *map(Decimal, ("0.000001", "0.01", "0.02", "0.05", "1"))])


def test_a_budget_is_held_against_what_its_requests_cost(desk: Desk) -> None:
    @settings(max_examples=12, **QUICK)
    @given(requests=traffic((40, 300), least=1), period=st.sampled_from(["day", "month"]), limit=LIMITS)
    def agree(requests: list[Request], period: str, limit: Decimal | None) -> None:
        fill(desk.store, requests)
        priced = desk.store.price(desk.book)
        asked = [
            Budget(None, None, period, limit),
            Budget("key", None, period, limit),
            Budget("key", "k", period, limit),
        ]
        today = max(r["started_at"] for r in requests).date()
        clock = datetime.combine(today, time(), UTC)
        found = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in budgets(priced, asked, Filters(), clock)}
        exact = None if limit is None else Fraction(limit)
        named = {"key=k": [], "all": requests} | {
            f"key={key}": [r for r in requests if cuts.COLUMNS["key"](r) == key]
            for key in {cuts.COLUMNS["key"](r) for r in recent(requests, today)} - {None}
        }

        assert {*named} == {*found}
        for name, members in named.items():
            should = budget_row(recent(members, today), today, period, exact)
            if not members and name != "all":
                # not even once, ever
                should["mark"] = "no requests"
            actual = {column: found[name][column] for column in should}
            usd = should.pop("expected_usd"), actual.pop("expected_usd")
            assert [] == unlike(should, actual, name)
            assert usd == (None, None) or abs(usd[0] - Fraction(usd[1])) <= Fraction(1, 1_000_000)

    agree()


def recent(requests: Sequence[Request], today: date) -> list[Request]:
    """Keep the month of today and the four weeks before, which a forecast looks at."""
    first = min(today.replace(day=1), today - timedelta(days=29))
    return [r for r in requests if r["started_at"].date() >= first]
