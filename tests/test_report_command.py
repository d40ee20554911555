"""`llmcost report` as a user runs it: views, cuts, periods, budgets, and answers to what it cannot do."""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.report.budget import COLUMNS, budgets
from llmcost.report.over import in_time
from llmcost.store import Filters, Store
from tests.conftest import FIXTURES, Run

LITELLM = FIXTURES / "litellm.jsonl"
# gpt-4o: 1,000 tokens in and none out are $0.0025
PER_REQUEST = Decimal("0.0025")


def line(number: int, at: str, **more: Any) -> str:
    record = {
        "request_id": f"r{number}",
        "started_at": at,
        "provider_name": "openai",
        "request_model": "gpt-4o",
        "input_tokens": 1000,
        "output_tokens": 0,
    }
    return json.dumps(record | more) + "\n"


def rows_of(done: Any) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(text, parse_float=Decimal) for text in done.stdout.splitlines()]


@pytest.fixture
def october(llmcost: Run, tmp_path: Path) -> Run:
    """A store of one request at noon on each day from the 1st to the 20th, two on Saturdays and Sundays."""
    days = [f"2026-10-{day:02}" for day in range(1, 21)]
    noons = [*days, "2026-10-03", "2026-10-04", "2026-10-10", "2026-10-11", "2026-10-17", "2026-10-18"]
    lines = [
        line(number, f"{day}T12:00:00Z", api_key_alias="search" if number % 2 else "chat")
        for number, day in enumerate(noons)
    ]
    (tmp_path / "log.jsonl").write_text("".join(lines), encoding="utf-8")
    assert llmcost("ingest", "log.jsonl").returncode == 0
    return llmcost


def test_a_view_is_named_first_and_logs_after_it(llmcost: Run) -> None:
    (row,) = rows_of(llmcost("report", "errors", LITELLM, "--by", "team", "--where", "team=support", "-f", "jsonl"))

    assert (row["team"], row["error_kind"], row["errors"], row["requests"]) == ("support", "rate_limit", 2, 12)


def test_without_a_view_it_is_the_overview_and_with_groups_costs(llmcost: Run) -> None:
    overview = json.loads(llmcost("report", LITELLM, "-f", "json").stdout)
    cost = json.loads(llmcost("report", "--by", "team", LITELLM, "-f", "json").stdout)

    assert ("overview", "cost") == (overview["view"], cost["view"])
    assert overview["totals"]["requests"] == cost["totals"]["requests"] == 34


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("report", "costs"), "costs: no such view, and no such file"),
        (("report", "latency", "--by", "modle"), "modle: no such column"),
        (("report", "--over", "fortnight"), "--over fortnight: no such unit"),
        (("report", "--over", "day", "--by", "day"), "--over day and --by day are the same"),
        (("report", "--top", "0"), "--top 0: not a number of groups"),
        (("report", "--tz", "Mars/Olympus"), "--tz Mars/Olympus: no such time zone"),
        (("report", "--since", "2026-11-01", "--until", "2026-10-01"), "is not before --until 2026-10-01"),
        (("report", "--compare", "previous"), "--compare needs --since"),
        (("report", "--since", "2026-10-10", "--compare", "yesterday"), "--compare yesterday: no period"),
        (("report", "--since", "2026-10-10", "--compare", "2026-10-01..2026-10-12"), "it must begin and end before"),
        (
            ("report", "--since", "2026-10-10", "--compare", "previous", "--over", "day"),
            "--compare goes without --over",
        ),
        (("report", "reliability", "--by", "tag"), "reliability cannot be grouped by tag"),
        (("report", "latency", "--assume", "a=b"), "--assume is for costs"),
        (("report", "budget", "--by", "key"), "budget: what it shows stands in llmcost.yaml"),
        (("report", "budget", "--sql"), "budget: it is added up from"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_hint(october: Run, words: tuple[str, ...], says: str) -> None:
    done = october(*words)

    assert (2, "") == (done.returncode, done.stdout)
    assert says in done.stderr
    assert "hint: " in done.stderr


def test_a_query_is_printed_as_it_runs(llmcost: Run) -> None:
    done = llmcost("report", "latency", "--sql")

    assert done.returncode == 0
    assert "percentile_disc(0.95) within group (order by duration_us)" in done.stdout


def test_days_of_nothing_are_days_of_nothing(october: Run) -> None:
    since = ("--since", "2026-10-19", "--until", "2026-10-23")
    rows = rows_of(october("report", "cost", "--over", "day", *since, "-f", "jsonl"))

    assert [(row["day"], row["requests"], row["cost_usd"], row["cost_per_request_usd"]) for row in rows] == [
        ("2026-10-19", 1, PER_REQUEST, PER_REQUEST),
        ("2026-10-20", 1, PER_REQUEST, PER_REQUEST),
        ("2026-10-21", 0, 0, None),
        ("2026-10-22", 0, 0, None),
    ]


def test_a_model_without_a_price_is_never_free_over_time(llmcost: Run, tmp_path: Path) -> None:
    """Days without a request cost nothing; of a model of whose requests nothing is known they say nothing."""
    days = ("2026-10-01", "2026-10-04")
    texts = [line(number, f"{day}T12:00:00Z", request_model="house-model") for number, day in enumerate(days)]
    (tmp_path / "log.jsonl").write_text("".join([*texts, line(9, "2026-10-02T12:00:00Z")]), encoding="utf-8")
    done = llmcost("report", "cost", "log.jsonl", "--over", "day", "--by", "model", env={"COLUMNS": "120"})
    cells = {row.split()[0]: row.split()[-4:] for row in done.stdout.splitlines() if "model" in row or "gpt" in row}

    assert ["\u2013"] * 4 == cells["house-model"]
    # one request of $0.0025, and three days without any
    assert ["$0.00", "<$0.01", "$0.00", "<$0.01"] == cells["gpt-4o"]


def test_a_period_is_set_beside_the_one_before(october: Run) -> None:
    words = ("report", "--by", "model", "--since", "2026-10-15", "--until", "2026-10-20", "--compare")
    (previous,) = rows_of(october(*words, "previous", "-f", "jsonl"))
    (dated,) = rows_of(october(*words, "2026-10-01..2026-10-03", "-f", "jsonl"))

    # the 15th to the 19th with one weekend are 7, the 10th to the 14th as well; the 1st and the 2nd are 2
    assert (7, 7, 0) == (previous["requests_before"], previous["requests"], previous["cost_change_usd"])
    # two days against five are told by the day: 2 / 2 = 1 request then, 7 / 5 = 1.4 now
    assert (1, Decimal("1.4")) == (dated["requests_per_day_before"], dated["requests_per_day"])
    assert round(dated["cost_per_day_change_usd"], 9) == Decimal("0.4") * PER_REQUEST
    assert (Decimal("0.4"), 1) == (round(dated["change_share"], 9), dated["of_change_share"])


def test_a_zone_moves_requests_to_another_day(llmcost: Run, tmp_path: Path) -> None:
    lines = [line(1, "2026-10-24T22:30:00Z"), line(2, "2026-10-25T22:59:00Z"), line(3, "2026-10-25T23:00:00Z")]
    (tmp_path / "log.jsonl").write_text("".join(lines), encoding="utf-8")
    berlin = ("report", "cost", "log.jsonl", "--tz", "Europe/Berlin", "-f", "jsonl")

    # the 25th of October 2026 has 25 hours in Berlin, from 22:00 to 23:00 UTC
    assert [("2026-10-25", 2), ("2026-10-26", 1)] == [
        (row["day"], row["requests"]) for row in rows_of(llmcost(*berlin, "--over", "day"))
    ]
    day = ("--since", "2026-10-25", "--until", "2026-10-26", "--over", "hour")
    hours = rows_of(llmcost(*berlin, *day))
    assert 25 == len({row["hour"] for row in hours})
    assert ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"] == [row["hour"] for row in hours][2:4]
    assert 2 == sum(row["requests"] for row in hours)


def test_the_running_month_is_forecast_from_its_days(october: Run, tmp_path: Path, book: Book) -> None:
    assert october("report", "cost").returncode == 0
    with Store(tmp_path / "llmcost.duckdb", read_only=True) as store:
        priced = store.price(book)
        (running,) = budgets(priced, (), Filters(), datetime(2026, 10, 22, 9, tzinfo=UTC))
        (over,) = budgets(priced, (), Filters(), datetime(2026, 11, 1, 9, tzinfo=UTC))

    # 26 requests of $0.0025 to the 20th; the 2nd to the 19th are whole days, and each weekday is as it always was: 11
    # days are left after the 20th, three of them at weekends, which have two
    at = [COLUMNS.index(name) for name in ("spent_usd", "expected_usd", "expected_low_usd", "days_left")]
    expected = (26 + 11 + 3) * PER_REQUEST
    assert [running[place] for place in at] == [26 * PER_REQUEST, expected, expected, 12]
    # in November nobody knows what the 21st to the 31st cost
    assert [over[place] for place in at] == [26 * PER_REQUEST, None, None, 0]


def test_a_month_that_the_clock_is_in_is_forecast(llmcost: Run, tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=back) for back in range(40)]
    lines = [line(number, f"{day}T00:00:00Z") for number, day in enumerate(days)]
    (tmp_path / "log.jsonl").write_text("".join(lines), encoding="utf-8")
    done = llmcost("report", "budget", "log.jsonl", "-f", "jsonl")

    # one request on every day that is known, so one on every day of the month
    (row,) = rows_of(done)
    assert monthrange(today.year, today.month)[1] * PER_REQUEST == row["expected_usd"]
    assert "no forecast" not in done.stderr


def test_budgets_are_held_against_spend(october: Run, tmp_path: Path) -> None:
    # of 26 requests each key has 13: $0.0325
    text = """
budgets:
  - {of: all, monthly_usd: 0.08}
  - {of: key=chat, monthly_usd: 0.04, daily_usd: 1}
  - {of: key, monthly_usd: 0.03}
  - {of: key=nobody, monthly_usd: 5}
"""
    (tmp_path / "llmcost.yaml").write_text(text, encoding="utf-8")
    rows = rows_of(october("report", "budget", "-f", "jsonl"))

    assert {(row["budget"], row["period"]): (row["spent_usd"], row["mark"]) for row in rows} == {
        ("all", "2026-10"): (Decimal("0.065"), "80 %"),
        ("key=chat", "2026-10"): (Decimal("0.0325"), "80 %"),
        ("key=chat", "2026-10-20"): (0, "ok"),
        ("key=search", "2026-10"): (Decimal("0.0325"), "100 %"),
        ("key=nobody", "2026-10"): (0, "no requests"),
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("budgets: [{monthly_usd: 5}]", "llmcost.yaml:1: a budget has no `of`"),
        ("budgets: [{of: key}]", "llmcost.yaml:1: a budget has no amount"),
        ("budgets: [{of: key, monthly_usd: -5}]", "is not a plain number"),
        ("budgets: [{of: key, monthly_usd: 0}]", "is not a budget"),
        ("budgets: [{of: kee, monthly_usd: 5}]", "kee: no such column"),
        ("budgets: {key: 5}", "budgets must be a list"),
    ],
)
def test_a_budget_that_says_nothing_is_refused(october: Run, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "llmcost.yaml").write_text(text, encoding="utf-8")
    done = october("report", "budget")

    assert 2 == done.returncode
    assert says in done.stderr


def test_others_are_one_row_and_nothing_is_lost(llmcost: Run) -> None:
    words = ("report", "cost", LITELLM, "--by", "team", "--top", "1", "-f", "json")
    found = json.loads(llmcost(*words).stdout, parse_float=Decimal)

    assert [row["team"][:5] for row in found["rows"]] == ["billi", "other"]
    assert found["totals"]["cost_usd"] == sum(row["cost_usd"] for row in found["rows"])
    assert 34 == sum(row["requests"] for row in found["rows"])


def test_a_request_with_two_tags_of_the_rest_is_one_request_of_the_rest(llmcost: Run, tmp_path: Path) -> None:
    tags = [["a"], ["a"], ["a"], ["b", "c"], ["b"]]
    lines = [line(number, "2026-10-01T12:00:00Z", tags=each) for number, each in enumerate(tags)]
    (tmp_path / "log.jsonl").write_text("".join(lines), encoding="utf-8")
    by_tag = ("report", "log.jsonl", "--by", "tag", "-f", "jsonl")

    assert [("a", 3), ("other (2)", 2)] == [
        (row["tag"], row["requests"]) for row in rows_of(llmcost(*by_tag, "--top", "1"))
    ]
    # a filter is about requests, however they are told apart
    assert {"b": 1, "c": 1} == {row["tag"]: row["requests"] for row in rows_of(llmcost(*by_tag, "--where", "tag=c"))}


def test_more_rows_than_anybody_reads_are_refused() -> None:
    # 50 days of 24 hours, 2,000 keys: 2,400,000 rows
    rows = [(f"2026-10-01T{hour:02}:00Z", f"key {number}", 1) for number in range(2000) for hour in range(24)]
    rows.append(("2026-11-19T23:00Z", "key 0", 1))

    with pytest.raises(UsageError, match="--over hour: 2,400,000 rows"):
        in_time(rows, ("hour", "key", "requests"), "hour", 2, ["requests"], Filters())


def test_a_group_is_as_large_as_all_its_rows(llmcost: Run, tmp_path: Path) -> None:
    failed = [("many", code) for code in (429, 500, 401, 408)] + [("same", 429), ("same", 429)]
    lines = [
        line(number, "2026-10-01T12:00:00Z", api_key_alias=key, status="error", http_status_code=code)
        for number, (key, code) in enumerate(failed)
    ]
    (tmp_path / "log.jsonl").write_text("".join(lines), encoding="utf-8")
    rows = rows_of(llmcost("report", "errors", "log.jsonl", "--by", "key", "--top", "1", "-f", "jsonl"))

    assert ["many"] * 4 + ["other (1)"] == [row["key"] for row in rows]


def test_a_page_holds_every_view_and_the_waste(llmcost: Run, tmp_path: Path) -> None:
    done = llmcost("report", LITELLM, "-f", "html", "-o", "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")

    assert (0, "") == (done.returncode, done.stdout)
    titles = (
        "Overview",
        "Savings",
        "Findings",
        "Cost",
        "Latency",
        "Cache",
        "Errors",
        "Reliability",
        "Efficiency",
        "Budgets",
    )
    assert [] == [title for title in titles if f">{title}" not in page]
    assert len(page) < 3_000_000


def test_a_page_of_the_view_that_is_named_has_no_other(llmcost: Run, tmp_path: Path) -> None:
    assert 0 == llmcost("report", "overview", LITELLM, "-f", "html", "-o", "report.html").returncode
    page = (tmp_path / "report.html").read_text(encoding="utf-8")

    assert (True, False) == (">Overview" in page, ">Latency" in page)


def test_a_page_of_many_years_and_providers_stays_small(llmcost: Run, tmp_path: Path) -> None:
    months = [f"20{year:02}-{month:02}-01T12:00:" for year in range(20, 26) for month in range(1, 13)]
    lines = [
        line(
            number,
            f"{month}00Z",
            ended_at=f"{month}09Z",
            provider_name=f"provider-{number % 30}",
            request_model=f"model-{number % 200}",
        )
        for number, month in enumerate(months * 10)
    ]
    (tmp_path / "log.jsonl").write_text("".join(lines), encoding="utf-8")
    done = llmcost("report", "log.jsonl", "-f", "html", "-o", "report.html")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.html").stat().st_size < 3_000_000
    # five lines and the rest as one
    assert "other (25)" in (tmp_path / "report.html").read_text(encoding="utf-8")
