"""Blocks of five hours: worked out by hand, against the rule in plain Python, and as a user asks for them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import llmcost as package
from llmcost.cli.report.blocks import block_lines
from llmcost.pricing import Book, load_book
from llmcost.report import Report, run
from llmcost.report.blocks import Block, blocks, pace, with_blocks
from llmcost.report.view import view_named
from llmcost.store import Filters, Store
from llmcost.store.blocks import starts
from tests.conftest import Run
from tests.logs import request as logged
from tests.logs import write_log
from tests.oracles import blocks as oracle
from tests.oracles import money
from tests.oracles.traffic import Request, fill, request

TEN = datetime(2026, 3, 2, 10)
MINUTE = timedelta(minutes=1)
MICRO = timedelta(microseconds=1)
# 1000 x 10 + 100 x 20 USD per million
PAID = {"provider_name": "acme", "request_model": "m", "input_tokens": 1000, "output_tokens": 100}
ONE = Decimal("0.012")
ZONES: list[tzinfo] = [UTC, *map(ZoneInfo, ("Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"))]
# minutes between requests, around the full hours and the five hours that count
PAUSES = (0, 1, 29, 30, 31, 59, 60, 61, 120, 239, 240, 241, 299, 300, 301, 600, 1500)
BEFORE_CLOCKS_CHANGE = (datetime(2026, 3, 28, 20), datetime(2026, 10, 24, 19, 30), datetime(2026, 4, 4, 11, 59))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    file = tmp_path_factory.mktemp("book") / "book.yaml"
    file.write_text(money.BOOK, encoding="utf-8")
    return load_book([file])


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    with Store() as opened:
        yield opened


def at(*minutes: float, start: datetime = TEN, **more: Any) -> list[Request]:
    """Make requests of one kind, so many minutes after the start."""
    return [request(n, **{**PAID, "started_at": start + timedelta(minutes=m), **more}) for n, m in enumerate(minutes)]


def at_now(store: Store, book: Book, now: datetime, **filters: Any) -> dict[str, Block]:
    return blocks(store.price(book), Filters(**filters), now.replace(tzinfo=UTC))


# What is active, worked out by hand.


def test_the_active_block_goes_on_as_it_went(shared: Store, book: Book) -> None:
    # 10:20 and 12:20: 2,200 tokens and $0.024 in 120 minutes; 12:45 is 135 minutes before 15:00
    fill(shared, at(20, 140))
    (block,) = at_now(shared, book, TEN + timedelta(minutes=165)).values()

    assert ("2026-03-02T10:00Z", "2026-03-02T15:00Z", 135 * MINUTE) == (block.name, block.end, block.left)
    per_minute, per_hour, tokens, cost = pace(block, block.tokens, block.cost_usd)
    assert (2200 / 120, 0.012) == (per_minute, per_hour)
    # 2,200 + 135 x 18.33 and 0.024 + 2.25 x 0.012
    assert (4675, Decimal("0.051")) == (tokens, cost)


def test_rows_of_one_block_go_at_the_pace_of_their_block(shared: Store, book: Book) -> None:
    fill(shared, [*at(20, 80), request(9, **{**PAID, "started_at": TEN + 140 * MINUTE, "api_key_alias": "k"})])
    known = at_now(shared, book, TEN + timedelta(minutes=180))
    report = run(shared, book, by=("key",), over="block")
    plain = report.columns[: report.columns.index("block_end")]
    rows, columns = with_blocks([row[: len(plain)] for row in report.rows], plain, known, "cost")

    # three requests from 10:20 to 12:20, one of them of a key: two thirds and one third of 3,300 tokens in 120 minutes
    found = {row[1]: dict(zip(columns, row, strict=True)) for row in rows}
    assert {None: 2200 / 120, "k": 1100 / 120} == {key: row["tokens_per_minute"] for key, row in found.items()}
    # as much again until 15:00
    assert {None: 4 * ONE, "k": 2 * ONE} == {key: row["expected_usd"] for key, row in found.items()}
    assert {(True, True, "2026-03-02T15:00Z")} == {
        (row["is_active"], row["is_partial"], row["block_end"]) for row in found.values()
    }


@pytest.mark.parametrize(
    ("minutes", "now", "left"),
    [
        ((20, 290), 299, 1),
        ((20, 290), 300, None),  # is over
        ((20, 300), 300, None),  # with its last moment
        ((20, 301), 302, 298),  # another, from 15:00
        ((20,), 0, 300),
        ((20,), -1, None),  # begins later than now: a wrong clock
    ],
)
def test_a_block_is_active_from_its_start_until_its_end(
    shared: Store, book: Book, minutes: tuple[float, ...], now: float, left: float | None
) -> None:
    fill(shared, at(*minutes))
    known = [block.left for block in at_now(shared, book, TEN + timedelta(minutes=now)).values()]

    assert ([] if left is None else [timedelta(minutes=left)]) == [each for each in known if each is not None]


@pytest.mark.parametrize(
    ("minutes", "more", "filters", "says"),
    [
        ((20, 140), {}, {}, "$0.05 at its end, 2026-03-02T15:00Z, if it goes on so; $0.02 so far, 18.33 tokens/min"),
        ((20, 140), {"request_model": "unheard-of"}, {}, "4,675 tokens at its end, 2026-03-02T15:00Z"),
        ((20,), {}, {}, "no burn rate, its requests are of one moment"),
        ((20, 140), {"input_tokens": None, "output_tokens": None, "usage_source": "missing"}, {}, "neither tokens nor"),
        ((20, 140), {}, {"since": TEN + 21 * MINUTE}, "no burn rate, --since or --until leaves out requests of it"),
        ((20, 140), {}, {"until": TEN + 140 * MINUTE}, "no burn rate, --since or --until leaves out requests of it"),
        ((20, 140), {}, {"since": TEN + 20 * MINUTE}, "$0.05 at its end"),
    ],
)
def test_why_there_is_no_burn_rate_is_said(
    shared: Store, book: Book, minutes: tuple[float, ...], more: Any, filters: Any, says: str
) -> None:
    fill(shared, at(*minutes, **more))
    known = at_now(shared, book, TEN + timedelta(minutes=165), **filters)
    rows = [(name,) for name in known]
    covered: Any = None
    report = Report(
        view_named("cost"), (), "block", ("block",), rows, {}, covered, Filters(**filters), blocks=(*known.values(),)
    )

    assert [says] == [says for line in block_lines(report) if line.startswith("active block: ") and says in line]


def test_a_block_that_is_cut_is_not_all_there(shared: Store, book: Book) -> None:
    # 10:20 to 12:20, and 16:00 on
    fill(shared, at(20, 140, 360, 420))
    since, until = TEN + 30 * MINUTE, TEN + 400 * MINUTE
    report = run(shared, book, over="block", filters=Filters(since, until))

    # what is cut off does not move the block
    assert [("2026-03-02T10:00Z", 1, True), ("2026-03-02T16:00Z", 1, True)] == [
        (row[0], row[1], row[-1]) for row in report.rows
    ]
    assert ["unfinished: 2026-03-02T10:00Z and 2026-03-02T16:00Z; --since or --until leaves out requests"] == [
        line for line in block_lines(report) if "unfinished" in line
    ]


def test_conditions_say_whose_blocks_they_are(shared: Store, book: Book) -> None:
    said = [request(0, **{**PAID, "started_at": TEN}), request(1, **{**PAID, "started_at": TEN + 200 * MINUTE})]
    said += [request(2, **{**PAID, "started_at": TEN + 400 * MINUTE, "api_key_alias": "k"})]
    said[1]["api_key_alias"] = "k"
    fill(shared, said)

    def names(*where: str) -> list[Any]:
        return [(row[0], row[1]) for row in run(shared, book, over="block", filters=Filters(where=where)).rows]

    # of all: 10:00 and 13:20, 16:40; of k alone: 13:20 and 16:40 are in one
    assert [("2026-03-02T10:00Z", 2), ("2026-03-02T16:00Z", 1)] == names()
    assert [("2026-03-02T13:00Z", 2)] == names("key=k")
    # one block is looked at as it is in all
    assert [("2026-03-02T16:00Z", 1)] == names("block=2026-03-02T16:00Z")
    assert [("2026-03-02T13:00Z", 2)] == names("key=k", "block=2026-03-02T13:00Z")
    assert [] == names("key=k", "block=2026-03-02T16:00Z")


def test_what_has_only_the_date_of_its_file_is_in_no_block(shared: Store, book: Book) -> None:
    fill(shared, at(20, 30, 900))
    shared.execute("update requests set is_file_time = true where request_id in ('r1', 'r2')")
    report = run(shared, book, over="block")

    assert [("2026-03-02T10:00Z", 1), (None, 2)] == [row[:2] for row in report.rows]
    nothing = [report.rows[1][report.columns.index(name)] for name in ("block_end", "is_active", "expected_usd")]
    assert [None, None, None] == nothing
    assert 1 == run(shared, book, filters=Filters(where=("block=2026-03-02T10:00Z",))).totals["requests"]


def test_a_block_starts_at_a_full_hour_of_utc_also_where_clocks_show_half_past(shared: Store, book: Book) -> None:
    fill(shared, at(20))
    report = run(shared, book, over="block", filters=Filters(zone=ZoneInfo("Asia/Kolkata")))

    assert ["2026-03-02T15:30+05:30"] == [row[0] for row in report.rows]
    assert "2026-03-02T20:30+05:30" == report.rows[0][report.columns.index("block_end")]


# Against the rule in plain Python.


def moments() -> st.SearchStrategy[list[datetime]]:
    """Draw times in any order, near to the hours that decide."""
    one = st.tuples(st.sampled_from(PAUSES), st.sampled_from((0, 0, 0, 1, -1, 30_000_000)))
    drawn = st.tuples(st.sampled_from(BEFORE_CLOCKS_CHANGE), st.lists(one, max_size=40))

    def walk(drawn: tuple[datetime, list[tuple[int, int]]]) -> list[datetime]:
        now, found = drawn[0], []
        for pause, off in drawn[1]:
            now += timedelta(minutes=pause)
            found.append(now + timedelta(microseconds=off))
        return found

    return drawn.map(walk).flatmap(st.permutations)


QUICK: Any = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
}


@settings(max_examples=300, **QUICK)
@given(times=moments())
def test_starts_are_those_of_the_rule(times: list[datetime]) -> None:
    expected = [block.start for block in oracle.blocks(times) for _ in block.times]

    assert expected == list(starts(sorted(times)))


@settings(max_examples=12, **QUICK)
@given(times=moments(), zone=st.sampled_from(ZONES), ends=st.tuples(*[st.integers(-1, 39)] * 2))
def test_rows_are_those_of_the_rule(
    shared: Store, book: Book, times: list[datetime], zone: tzinfo, ends: tuple[int, int]
) -> None:
    since, until = bounds(times, ends)
    fill(shared, [request(n, **{**PAID, "started_at": time}) for n, time in enumerate(times)])
    report = run(shared, book, over="block", filters=Filters(since, until, zone=zone))

    found = oracle.blocks(times)
    inside = {b.start: [t for t in b.times if (since or t) <= t and (until is None or t < until)] for b in found}
    expected = [
        (named(b.start, zone), len(inside[b.start]), named(b.end, zone), len(inside[b.start]) < len(b.times))
        for b in found
        if inside[b.start]
    ]
    ats = [report.columns.index(name) for name in ("block", "requests", "block_end", "is_partial")]
    assert expected == [tuple(row[place] for place in ats) for row in report.rows]
    assert len(times) == sum(Counter(len(b.times) for b in found).elements())


def bounds(times: Sequence[datetime], ends: tuple[int, int]) -> tuple[datetime | None, datetime | None]:
    since, until = (times[n] if 0 <= n < len(times) else None for n in ends)
    return (since, until) if since is None or until is None or since < until else (None, None)


def named(moment: datetime, zone: tzinfo) -> str:
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    offset = f"{local:%z}"
    return f"{local:%Y-%m-%dT%H:%M}" + ("Z" if zone is UTC else f"{offset[:3]}:{offset[3:]}")


@settings(max_examples=12, **QUICK)
@given(times=moments().filter(bool), later=st.sampled_from((0, 1, 59, 60, 150, 299, 300, 301)))
def test_the_pace_is_that_of_the_rule(shared: Store, book: Book, times: list[datetime], later: int) -> None:
    now = max(times) + timedelta(minutes=later)
    fill(shared, [request(n, **{**PAID, "started_at": time}) for n, time in enumerate(times)])
    known = {block.name: block for block in at_now(shared, book, now).values()}

    for expected in oracle.blocks(times):
        block = known[named(expected.start, UTC)]
        assert expected.is_active(now) == (block.left is not None)
        tokens, cost = 1100 * len(expected.times), Fraction(block.cost_usd or 0)
        found = pace(block, block.tokens, block.cost_usd)
        if not expected.is_active(now) or expected.times[0] == expected.times[-1]:
            assert (None,) * 4 == found
            continue
        assert pytest.approx(float(oracle.per(tokens, expected, MINUTE))) == found[0]
        assert pytest.approx(float(oracle.per(cost, expected, 60 * MINUTE))) == found[1]
        assert found[2] is not None and abs(oracle.at_end(tokens, expected, now) - found[2]) <= Fraction(1, 2)
        assert found[3] is not None and abs(oracle.at_end(cost, expected, now) - Fraction(found[3])) <= Fraction(
            1, 10**6
        )


# As a user asks for them.


@pytest.fixture
def running(tmp_path: Path) -> Path:
    """Write a log of one block in March and one that is active, with two models."""
    now = datetime.now(UTC)
    usual = {"provider_name": "openai", "request_model": "gpt-4o", "input_tokens": 1000, "output_tokens": 0}
    times = [TEN.replace(tzinfo=UTC), now - 20 * MINUTE, now - 10 * MINUTE]
    records = [logged(n, **usual | {"started_at": time.isoformat()}) for n, time in enumerate(times)]
    records[2]["request_model"] = "gpt-4o-mini"
    return write_log(tmp_path / "log.jsonl", records)


def test_without_a_view_blocks_are_of_costs(llmcost: Run, running: Path) -> None:
    found = json.loads(llmcost("report", running, "--over", "block", "-f", "json").stdout, parse_float=Decimal)

    assert ("cost", []) == (found["view"], found["gaps"])
    first, last = found["rows"]
    assert ("2026-03-02T10:00Z", "2026-03-02T15:00Z", False, None) == (
        *(first["block"], first["block_end"], first["is_active"], first["expected_usd"]),
    )
    # 2,000 tokens in 10 minutes
    assert (True, True, 200) == (last["is_active"], last["is_partial"], last["tokens_per_minute"])
    # at least the 4 hours and 40 minutes less an hour that are left
    assert last["expected_usd"] > last["cost_usd"] * 20


def test_a_terminal_names_the_active_block_and_says_its_burn_rate(llmcost: Run, running: Path) -> None:
    done = llmcost("report", running, "--over", "block")

    assert 0 == done.returncode
    lines = done.stdout.splitlines()
    assert ["block", "ends"] == lines[1].split()[:2]
    assert ["2026-03-02T10:00Z", "15:00"] == lines[3].split()[:2]
    assert "active" == lines[4].split()[1]
    assert "200.00 tokens/min" in next(line for line in done.stderr.splitlines() if line.startswith("active block: "))


def test_blocks_are_columns_like_others(llmcost: Run, running: Path) -> None:
    by_block = llmcost("report", running, "--by", "block,model", "-f", "csv")
    assert ["2026-03-02T10:00Z,gpt-4o,1"] == [line[:26] for line in by_block.stdout.splitlines()[1:2]]
    (one,) = json.loads(llmcost("report", running, "--where", "block=2026-03-02T10:00Z", "-f", "json").stdout)["rows"]
    assert ("gpt-4o", 1) == (one["model"], one["requests"])
    assert 0 == llmcost("ingest", running).returncode
    for words in (("detect", "all"), ("savings",), ("whatif", "--map", "gpt-4o=gpt-4o-mini"), ("export", "focus")):
        done = llmcost(*words, "--where", "block=2026-03-02T10:00Z")
        assert (0, True) == (done.returncode, "1 of 1 request" in done.stderr)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--over", "block", "--by", "block"), "--over block and --by block are the same"),
        (("--over", "block", "--since", "7d", "--compare", "previous"), "--compare goes without --over"),
        (("budget", "--over", "block"), "budget: what it shows stands in llmcost.yaml"),
        (("--over", "blocks"), "--over blocks: no such unit"),
        (("--over", "day", "--where", "block>3"), "block is neither a number nor a time"),
    ],
)
def test_what_cannot_be_done_with_blocks_is_refused_with_a_hint(
    llmcost: Run, running: Path, words: tuple[str, ...], says: str
) -> None:
    done = llmcost("report", *words) if words[0] == "budget" else llmcost("report", running, *words)

    assert (2, "") == (done.returncode, done.stdout)
    assert says in done.stderr
    assert "hint: " in done.stderr


@pytest.mark.parametrize("format", ["md", "tsv", "jsonl", "html", "parquet"])
@pytest.mark.parametrize("view", ["overview", "latency", "cost"])
def test_every_format_has_blocks(llmcost: Run, running: Path, view: str, format: str, tmp_path: Path) -> None:
    out = tmp_path / f"out.{format}"
    done = llmcost("report", view, running, "--over", "block", "-f", format, "-o", out)

    assert 0 == done.returncode, done.stderr
    assert b"2026-03-02T10:00Z" in out.read_bytes() or view == "latency"


def test_a_frame_of_blocks_has_types(running: Path) -> None:
    with package.open(logs=[running]) as database:
        frame = database.report(over="block")

    assert {
        "block": pl.String,
        "block_end": pl.String,
        "is_active": pl.Boolean,
        "tokens_per_minute": pl.Float64,
        "cost_per_hour_usd": pl.Float64,
        "expected_tokens": pl.Int64,
        "expected_usd": pl.Decimal(38, 21),
        "is_partial": pl.Boolean,
    }.items() <= dict(frame.schema).items()
