"""Views where random requests rarely get, worked out by hand, and every number of a report in every format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book
from llmcost.render import Table, render, render_bytes
from llmcost.report import Report, run, views
from llmcost.report.compare import compare
from llmcost.report.view import view_named
from llmcost.store import Filters, Store
from tests.logs import write_log
from tests.oracles import money
from tests.oracles.traffic import PARTS, Request, fill, request
from tests.shelves import Case, book_of, cases_of, each_case, requests_of

NOON = datetime(2026, 3, 2, 12)
FAILED = {"status": "error", "http_status_code": 500}
# 1000 x 10 + 100 x 20 USD per million
PAID = {"provider_name": "acme", "request_model": "m", "input_tokens": 1000, "output_tokens": 100}
HIT = {"gateway_cache_hit": True, "provider_name": "acme", "request_model": "m"}
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Book:
    file = tmp_path_factory.mktemp("book") / "book.yaml"
    file.write_text(money.BOOK, encoding="utf-8")
    return load_book([file])


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    with Store() as opened:
        yield opened


def numbered(*said: dict[str, Any], start: datetime = NOON) -> list[Request]:
    """Make requests that follow each other by a second, where they do not say when they start."""
    return [request(n, **{"started_at": start + timedelta(seconds=n), **columns}) for n, columns in enumerate(said)]


def columns_of(report: Report, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[report.columns.index(name)] for name in names) for row in report.rows]


@pytest.mark.parametrize(("view", "shelf", "case"), each_case("views"))
def test_a_view_shows_what_was_worked_out_by_hand(
    store: Store, tmp_path: Path, view: str, shelf: Case, case: Case
) -> None:
    ingest(store, [str(write_log(tmp_path / "log.jsonl", requests_of(shelf, case)))])
    report = run(store, book_of(shelf["book"]), view=view, by=case.get("by"), over=case.get("over"))
    found = [dict(zip(report.columns, row, strict=True)) for row in report.rows]

    assert len(case["rows"]) == len(found)
    for expected, row in [*zip(case["rows"], found, strict=True), (case.get("totals", {}), report.totals)]:
        assert expected == {name: as_written(row[name], value) for name, value in expected.items()}


def as_written(value: Any, expected: Any) -> Any:
    """Make a number what a case writes, if it is that."""
    if isinstance(expected, float) and value is not None:
        is_exact = isinstance(value, Decimal)
        return expected if value == (Decimal(str(expected)) if is_exact else pytest.approx(expected)) else value
    return value


@pytest.mark.parametrize("view", views())
def test_every_view_has_cases_and_says_what_each_of_its_columns_is(store: Store, by_hand: Book, view: str) -> None:
    columns = run(store, by_hand, view=view, by=()).columns

    assert cases_of("views", view)["cases"]
    unsaid = [
        name for name in columns if f"`{name}`" not in views()[view].notes and name not in views()[view].histogram
    ]
    assert [] == unsaid, "its header's `notes` say what they are"


def test_one_failure_of_one_request_is_a_rate_of_21_to_100_percent(shared: Store, by_hand: Book) -> None:
    fill(shared, numbered(FAILED))

    # 1 / (1 + 1.959964 squared)
    (row,) = columns_of(
        run(shared, by_hand, view="errors"), "error_share", "error_low_share", "error_high_share", "errors"
    )
    assert row == (1.0, pytest.approx(0.20654931437723745, rel=1e-12), 1.0, 1)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_a_day_on_which_clocks_change_has_23_or_25_hours(shared: Store, by_hand: Book, day: str, hours: int) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=BERLIN)
    since, until = (moment.astimezone(UTC).replace(tzinfo=None) for moment in (start, start + timedelta(days=1)))
    fill(shared, numbered(PAID, PAID, start=since))

    report = run(shared, by_hand, view="cost", over="hour", filters=Filters(since, until, zone=BERLIN))

    assert hours == len(report.rows) == len({row[0] for row in report.rows})
    assert [2] + [0] * (hours - 1) == [requests for (requests,) in columns_of(report, "requests")]


def test_an_hour_that_a_clock_shows_twice_is_two_hours(shared: Store, by_hand: Book) -> None:
    fill(shared, numbered(*[{"started_at": datetime(2026, 10, 25, hour, 30)} for hour in (0, 1, 1)]))

    report = run(shared, by_hand, view="cost", over="hour", filters=Filters(zone=BERLIN))

    assert [("2026-10-25T02:00+02:00", 1), ("2026-10-25T02:00+01:00", 2)] == columns_of(report, "hour", "requests")


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("America/St_Johns", "2026-03-02T08:00-03:30"),
        ("America/Los_Angeles", "2026-03-02T04:00-08:00"),
        ("Asia/Kathmandu", "2026-03-02T17:00+05:45"),
        ("Pacific/Kiritimati", "2026-03-03T02:00+14:00"),
    ],
)
def test_zones_lie_on_both_sides_of_greenwich(shared: Store, by_hand: Book, zone: str, hour: str) -> None:
    fill(shared, numbered({}))

    report = run(shared, by_hand, view="cost", by=("hour",), filters=Filters(zone=ZoneInfo(zone)))

    assert [(hour,)] == columns_of(report, "hour")


def test_an_end_written_as_the_first_tokens_time_is_no_time_of_a_first_token(shared: Store, by_hand: Book) -> None:
    end = NOON + timedelta(seconds=2)
    same = {"started_at": NOON, "first_token_at": end, "ended_at": end, "output_tokens": 100}
    fill(shared, numbered(same, {**same, "is_stream": True}, {**same, "is_stream": False}))

    report = run(shared, by_hand, view="latency")

    # where it is told that it was streamed the time is believed, and no time is left to write 100 tokens in
    assert [(False, 2000.0, None, 50.0), (True, 2000.0, 2000.0, None), (None, 2000.0, None, 50.0)] == columns_of(
        report, "stream", "latency_p50_ms", "first_token_p50_ms", "tokens_per_second_p50"
    )


@pytest.mark.parametrize("over", [None, "day"])
@pytest.mark.parametrize("view", views())
def test_of_no_requests_there_are_no_rows_and_nothing_is_known_but_that(
    shared: Store, by_hand: Book, view: str, over: str | None
) -> None:
    fill(shared, [])

    report = run(shared, by_hand, view=view, by=("model",), over=over)

    assert ([], 0) == (report.rows, report.totals["requests"])
    counts = ("requests", "errors", "steps", "recovered")
    assert {0, None} >= {value for name, value in report.totals.items() if name.endswith(counts)}
    assert {None} >= {value for name, value in report.totals.items() if name.endswith(("_usd", "_share", "_ms"))}


def test_a_group_of_one_period_only_was_nothing_or_became_nothing(shared: Store, by_hand: Book) -> None:
    fill(shared, numbered(*[{**PAID, "api_key_alias": key} for key in ("old", "both", "both", "new", "new")]))
    middle = NOON + timedelta(seconds=2)

    def period(since: datetime | None, until: datetime | None) -> Report:
        return run(shared, by_hand, view="cost", by=("key",), filters=Filters(since, until))

    found = compare(period(None, middle), period(middle, None))

    rows = {row[0]: dict(zip(found.columns, row, strict=True)) for row in found.rows}
    one = Decimal("0.012")
    assert {"old": (one, 0, -one, -1.0), "both": (one, one, 0, 0.0), "new": (0, 2 * one, 2 * one, None)} == {
        key: tuple(row[name] for name in ("cost_before_usd", "cost_usd", "cost_change_usd", "change_share"))
        for key, row in rows.items()
    }


def test_what_a_cache_cost_is_the_same_whatever_it_is_told_by(shared: Store, by_hand: Book) -> None:
    reads = {**PAID, "cache_read_input_tokens": 400, "api_key_alias": "reads"}
    # says nothing of reads, as emitters do that leave out what is 0
    writes = {**PAID, "cache_write_input_tokens": 1000, "api_key_alias": "writes"}
    fill(shared, numbered(reads, writes))

    reports = [run(shared, by_hand, view="cache", by=by) for by in ((), ("key",))]

    # 400 x (10 - 1) and 1000 x (12.5 - 10) USD per million
    assert [{"reads": Decimal("0.0036"), "writes": Decimal("-0.0025")}] == [
        dict(columns_of(reports[1], "key", "cache_saved_usd"))
    ]
    assert [(Decimal("0.0011"), 2, 0.2)] * 2 == [
        tuple(report.totals[name] for name in ("cache_saved_usd", "reporting_requests", "cached_share"))
        for report in reports
    ]


def test_what_a_hit_would_have_cost_is_unknown_where_its_tokens_are_not_logged(shared: Store, by_hand: Book) -> None:
    known = {"input_tokens": 1000, "output_tokens": 100, "user_id": "known"}
    half = {"input_tokens": 1000, "usage_source": "missing", "user_id": "half"}
    fill(shared, numbered(*[{**HIT, **usage} for usage in (known, half, {"user_id": "none"})]))

    found = dict(columns_of(run(shared, by_hand, view="cache", by=("user",)), "user", "gateway_saved_usd"))

    assert {"known": Decimal("0.012"), "half": None, "none": None} == found


def test_a_failure_is_followed_to_another_model_and_on(shared: Store, by_hand: Book) -> None:
    chain = {"logical_request_id": "x"}
    fill(
        shared,
        numbered(
            {**PAID, **chain, **FAILED},
            {**PAID, **chain, **FAILED, "request_model": "half"},
            {**PAID, **chain, "request_model": "half"},
            {**PAID, **chain, **FAILED},
            {**PAID, **chain, "started_at": NOON + timedelta(seconds=603, microseconds=1)},
        ),
    )

    report = run(shared, by_hand, view="reliability")

    # the last came a microsecond too late
    assert [("failover", "m", "half", 1, 0, 1000.0), ("retry", "half", "half", 1, 1, 1000.0)] == columns_of(
        report, "step", "from_model", "to_model", "steps", "recovered", "added_p50_ms"
    )
    assert (5, 2, 0.4) == tuple(report.totals[name] for name in ("requests", "steps", "step_share"))


# Every format.


@pytest.fixture(scope="module", params=[*views()])
def report(request: pytest.FixtureRequest, shared: Store, by_hand: Book) -> Report:
    """Report a view of logs that have every kind of place, usage, outcome, ..., one beside the other."""
    said = [{k: v for part in PARTS for k, v in part[n % len(part)].items()} for n in range(90)]
    ends = [{"ended_at": NOON + timedelta(seconds=100 + n * n, microseconds=n)} for n in range(90)]
    fill(shared, numbered(*[columns | end for columns, end in zip(said, ends, strict=True)]))
    by = ("day", "model") if "tag" in view_named(request.param).not_by else ("tag", "day")
    return run(shared, by_hand, view=request.param, by=by)


def table(report: Report) -> Table:
    return Table(report.title, report.columns, report.rows, report.totals, {})


def as_json(value: Any) -> Any:
    """Give what JSON can say of a value: times as text, numbers with every digit."""
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if value is None or isinstance(value, bool | int | str):
        return value
    return Decimal(repr(value)) if isinstance(value, float) else value if isinstance(value, Decimal) else str(value)


def test_json_has_every_digit_of_rows_and_totals(report: Report) -> None:
    text = "".join(render(table(report), "json"))

    document = json.loads(text, parse_float=Decimal)
    assert [dict(zip(report.columns, map(as_json, row), strict=True)) for row in report.rows] == document["rows"]
    assert {name: as_json(value) for name, value in report.totals.items()} == document["totals"]


def test_json_lines_have_every_digit(report: Report) -> None:
    lines = [json.loads(line, parse_float=Decimal) for line in render(table(report), "jsonl")]

    assert [dict(zip(report.columns, map(as_json, row), strict=True)) for row in report.rows] == lines


@pytest.mark.parametrize(("format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_delimited_text_has_every_digit_and_unknown_is_empty(report: Report, format: str, delimiter: str) -> None:
    text = "".join(render(table(report), format))

    head, *lines = csv.reader(io.StringIO(text), delimiter=delimiter)
    assert list(report.columns) == head
    assert [tuple(row) for row in report.rows] == [
        tuple(map(like, row, line)) for row, line in zip(report.rows, lines, strict=True)
    ]


def like(value: Any, text: str) -> Any:
    """Read a text back as what it was made of."""
    if value is None or isinstance(value, bool):
        return {"": None, "true": True, "false": False}[text]
    if isinstance(value, datetime):
        return datetime.fromisoformat(text).replace(tzinfo=None)
    reader = getattr(type(value), "fromisoformat", type(value))
    return reader(text)


def test_parquet_has_every_number_as_it_is(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "report.parquet"
    file.write_bytes(render_bytes(table(report), "parquet"))

    read = pq.read_table(file)
    totals = json.loads(read.schema.metadata[b"llmcost"], parse_float=Decimal)["totals"]
    rows = [tuple(without_zone(row[name]) for name in report.columns) for row in read.to_pylist()]
    assert [tuple(row) for row in report.rows] == rows
    assert {name: as_json(value) for name, value in report.totals.items()} == totals


def without_zone(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
