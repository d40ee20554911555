"""`llmcost alerts` as a user runs it: what is printed, what is remembered, and the exit codes."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.alerts import traffic_of
from tests.conftest import Run
from tests.logs import write, write_log
from tests.shelves import NOON, Case

BOOK = """\
format: llmcost-pricing/1
models:
  - {provider: acme, model: m, prices: [{input: 10, output: 0}]}
"""
# a dollar an hour, and from noon on one every five minutes until two
TRAFFIC: Case = {
    "defaults": {"provider": "acme", "model": "m"},
    "traffic": [
        {"key": "search", "from": -192, "until": 0, "every": 60, "usd": 1},
        {"key": "search", "from": 0, "until": 2, "every": 5, "usd": 1},
        {"key": "other", "from": -192, "until": 6, "every": 30},
    ],
}
BY_KEY = "alerts: {rules: {cost-spike: {by: key}}}\n"


@pytest.fixture
def spiked(tmp_path: Path, llmcost: Run) -> Path:
    """A folder with a store in which the key search spends too much from noon on."""
    write_log(tmp_path / "log.jsonl", traffic_of({}, TRAFFIC).first)
    write(tmp_path / "pricing.local.yaml", BOOK)
    write(tmp_path / "llmcost.yaml", BY_KEY)
    assert 0 == llmcost("ingest", "log.jsonl").returncode
    return tmp_path


def check(llmcost: Run, minutes: int, *words: str) -> tuple[int, str, str]:
    """Check so many minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    done = llmcost("alerts", "check", "--pricing", "pricing.local.yaml", "--at", f"{at:%Y-%m-%dT%H:%M}", *words)
    return done.returncode, done.stdout, done.stderr


def test_a_check_says_who_how_much_compared_with_what_since_when_and_what_shows_more(
    spiked: Path, llmcost: Run
) -> None:
    assert (0, "nothing fires; judged up to 2026-03-02 12:10 UTC\n") == check(llmcost, 12)[:2]

    code, out, err = check(llmcost, 62)
    first, second = out.splitlines()
    assert 1 == code
    assert "error: 1 alert fires" in err
    assert first == (
        "firing: cost-spike/key=search: key search spent $9.00 in the hour to 2026-03-02 12:45 UTC, over $5.00, where "
        "$1.00 is usual, since 2026-03-02 12:30 UTC"
    )
    assert second == (
        "  llmcost report cost --by model --where key=search --since 2026-03-02T11:45Z --until 2026-03-02T12:45Z"
    )
    shown = llmcost(*second.split()[1:], "--pricing", "pricing.local.yaml", "-f", "json")
    assert 9 == json.loads(shown.stdout)["totals"]["cost_usd"]


@pytest.mark.parametrize(
    ("noon", "midnight", "until"),
    [
        # the clocks go forward at 1:00 UTC, two hours after midnight in Berlin, and the eighth dollar is spent at 6:02
        (datetime(2026, 3, 29, 12), "2026-03-28T23:00Z", "2026-03-29T06:05Z"),
        # they go back at 1:00 UTC, three hours after it
        (datetime(2026, 10, 25, 12), "2026-10-24T22:00Z", "2026-10-25T05:05Z"),
    ],
)
def test_the_command_of_a_budget_shows_the_sum_of_its_sentence_on_a_day_when_clocks_change(
    tmp_path: Path, llmcost: Run, noon: datetime, midnight: str, until: str
) -> None:
    hours = (noon - NOON).total_seconds() / 3600
    line = {"key": "search", "from": hours - 20, "until": hours, "every": 60, "usd": 1}
    traffic = {**TRAFFIC, "traffic": [line, {**line, "key": "other"}]}
    write_log(tmp_path / "log.jsonl", traffic_of({}, traffic).first)
    write(tmp_path / "pricing.local.yaml", BOOK)
    write(tmp_path / "llmcost.yaml", "alerts: {tz: Europe/Berlin}\nbudgets: [{of: key=search, daily_usd: 10}]\n")
    assert 0 == llmcost("ingest", "log.jsonl").returncode
    minute = datetime.fromisoformat(until).replace(tzinfo=None) + timedelta(minutes=2)

    said, command = check(llmcost, round((minute - NOON).total_seconds() / 60))[1].splitlines()
    assert "key search spent $8.00 today, 80 % of its daily budget of $10.00" in said
    assert f"  llmcost report cost --by model --where key=search --since {midnight} --until {until}" == command
    shown = llmcost(*command.split()[1:], "--pricing", "pricing.local.yaml", "-f", "json")
    assert 8 == json.loads(shown.stdout)["totals"]["cost_usd"]


def test_logs_that_take_hours_to_be_written_begin_alerts_too(spiked: Path, llmcost: Run) -> None:
    write(spiked / "llmcost.yaml", f"{BY_KEY[:-2]}, evaluation_delay: 2h}}\n")

    # judged is what had ended two hours before, as it is after two minutes where nothing is said
    assert [0, 1] == [check(llmcost, minutes)[0] for minutes in (120 + 10, 120 + 60)]


def test_a_second_check_tells_nothing_twice_and_still_exits_with_1(spiked: Path, llmcost: Run) -> None:
    first = json.loads(check(llmcost, 62, "--json")[1])
    code, out, _ = check(llmcost, 62, "--json")
    second = json.loads(out)

    assert ["cost-spike/key=search/firing/20260302T1245"] == [message["id"] for message in first["messages"]]
    assert (1, []) == (code, second["messages"])
    assert [("cost-spike/key=search", "firing")] == [(one["alert"], one["state"]) for one in second["firing"]]


def test_what_ended_is_said_once(spiked: Path, llmcost: Run) -> None:
    check(llmcost, 62)
    code, out, _ = check(llmcost, 182)

    assert 0 == code
    assert out.startswith("over: cost-spike is over: key search spent $0.00 in the hour to 2026-03-02 15:00 UTC; ")
    assert (0, "nothing fires; judged up to 2026-03-02 15:00 UTC\n") == check(llmcost, 182)[:2]


def test_a_store_of_yesterday_is_learning(tmp_path: Path, llmcost: Run) -> None:
    traffic = [{"key": "search", "from": -30, "until": 1, "every": 60}]
    write_log(tmp_path / "log.jsonl", traffic_of({}, {**TRAFFIC, "traffic": traffic}).first)
    llmcost("ingest", "log.jsonl")
    done = llmcost("alerts", "check", "--at", "2026-03-02T12:30")

    assert "learning, day 2 of 3: only budgets and fixed limits are judged" in done.stderr


def test_a_store_whose_logs_have_ended_says_so_and_no_check_looks_back(spiked: Path, llmcost: Run) -> None:
    month_later = llmcost("alerts", "check", "--at", "2026-04-02T12:00")
    back = llmcost("alerts", "check", "--at", "2026-03-02T12:00")

    newest = "the newest request began on 2026-03-02 1"
    assert newest in month_later.stderr and "of nothing newer is anything known" in month_later.stderr
    assert back.stdout == month_later.stdout == "nothing fires; judged up to 2026-04-02 11:55 UTC\n"
    assert "judged up to 2026-04-02 11:55 UTC before; `llmcost alerts backtest` looks back" in back.stderr


def test_what_was_judged_by_a_clock_that_went_ahead_keeps_no_check_from_judging(spiked: Path, llmcost: Run) -> None:
    ahead = llmcost("alerts", "check", "--at", "2099-01-01T12:00")
    again = llmcost("alerts", "check")

    assert "judged up to 2099-01-01 11:55 UTC" in ahead.stdout
    assert "2099" not in again.stdout + again.stderr


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("update judged set last = 'x'", ["check"]),
        ("update judged set last = 99999999999999", ["check"]),
        ("insert into alerts values ('f', 'r', 'b', 'n', '{', '{}', 0)", ["list"]),
        ("insert into alerts values ('f', 'r', 'b', 'n', '{}', '{}', 0)", ["check"]),
        ("insert into silences values ('x', 'never')", ["list"]),
        ("insert into outbox values ('i', 'f', 'r', 'a', '{', 0)", ["show", "r"]),
    ],
)
def test_what_is_damaged_is_said_with_what_to_do(spiked: Path, llmcost: Run, damage: str, words: list[str]) -> None:
    llmcost("alerts", "check")
    with sqlite3.connect(spiked / "llmcost.duckdb.alerts.sqlite") as memory:
        memory.execute(damage)
    memory.close()

    done = llmcost("alerts", *words)

    assert "bug" not in done.stderr
    # a time that is past all times is forgotten
    assert (0 if "9999" in damage else 3) == done.returncode
    assert "9999" in damage or "move it away" in done.stderr


def test_a_file_that_is_not_ours_is_said_with_what_to_do(spiked: Path, llmcost: Run) -> None:
    write(spiked / "llmcost.duckdb.alerts.sqlite", "text " * 100)

    done = llmcost("alerts", "check")

    assert 3 == done.returncode
    assert "llmcost.duckdb.alerts.sqlite: file is not a database\nhint: move it away" in done.stderr


def test_without_a_store_a_check_is_refused_and_leaves_nothing(tmp_path: Path, llmcost: Run) -> None:
    done = llmcost("alerts", "check")

    assert 3 == done.returncode
    assert [] == list(tmp_path.iterdir())


def test_what_is_remembered_is_its_owners_alone_and_names_no_text(spiked: Path, llmcost: Run) -> None:
    check(llmcost, 62)

    assert 0o600 == (spiked / "llmcost.duckdb.alerts.sqlite").stat().st_mode & 0o777


def test_a_query_of_ones_own_opens_no_file(spiked: Path, llmcost: Run) -> None:
    query = "select content as name, 1 as value from read_text('pricing.local.yaml')"
    write(spiked / "llmcost.yaml", f'alerts: {{rules: {{mine: {{sql: "{query}", over: 0}}}}}}\n')
    code, out, err = check(llmcost, 62)

    assert (2, "") == (code, out)
    assert "error: llmcost.yaml: the query of mine: Permission Error" in err


def test_what_fires_is_listed_and_shown(spiked: Path, llmcost: Run) -> None:
    check(llmcost, 62)
    listed = json.loads(llmcost("alerts", "list", "-f", "json").stdout)["rows"]
    shown = llmcost("alerts", "show", "cost-spike", "-f", "json")

    assert [("cost-spike/key=search", "firing", "2026-03-02T12:30:00Z")] == [
        (row["alert"], row["state"], row["since_at"]) for row in listed
    ]
    assert [("firing", "2026-03-02T12:45:00Z", False)] == [
        (row["event"], row["message_at"], row["is_silenced"]) for row in json.loads(shown.stdout)["rows"]
    ]
    assert "rule: cost-spike: {by: key, times: 2, baseline: same_hour, floor: 5, for: 15m}" in shown.stderr


def test_rules_are_shown_as_llmcost_yaml_would_have_them(spiked: Path, llmcost: Run) -> None:
    own = "long: {metric: output_tokens, over: 1000000, window: 1d}, mine: {sql: 'select 1 as value', over: 0.5}"
    write(spiked / "llmcost.yaml", f"alerts: {{rules: {{key-budget: {{then: throttle}}, {own}}}}}\n")

    def rule(name: str) -> str:
        return llmcost("alerts", "show", name).stderr.splitlines()[-1]

    assert "rule: errors: {metric: error_share, by: provider, over: 0.05, window: 15m, at_least: 50}" == rule("errors")
    assert "rule: key-budget: {by: key, then: throttle}" == rule("key-budget")
    assert "rule: long: {metric: output_tokens, by: all, over: 1000000, window: 1d}" == rule("long")
    assert "rule: mine: {over: 0.5, sql: select 1 as value}" == rule("mine")


def test_what_fires_is_listed_before_what_is_known_or_over(spiked: Path, llmcost: Run) -> None:
    rules = "mine: {metric: requests, by: key, over: 0}, zeal: {metric: requests, by: key, over: 1}"
    write(spiked / "llmcost.yaml", f"alerts: {{rules: {{{rules}, cost-spike: {{by: key}}}}}}\n")
    # the spike, of 12:30, fires at 12:45
    check(llmcost, 42)
    assert 0 == llmcost("alerts", "ack", "mine/key=other").returncode
    listed = json.loads(llmcost("alerts", "list", "-f", "json").stdout)["rows"]

    assert [
        ("mine/key=search", "firing"),
        ("zeal/key=other", "firing"),
        ("zeal/key=search", "firing"),
        ("cost-spike/key=search", "pending"),
        ("mine/key=other", "acknowledged"),
    ] == [(row["alert"], row["state"]) for row in listed]
    pending = listed[3]
    # what would be sent, and was not
    assert (True, None) == ("key search" in pending["message"], pending["message_at"])


def test_what_is_silenced_is_kept_back_and_fails_no_check(spiked: Path, llmcost: Run) -> None:
    check(llmcost, 12)
    assert "cost-spike: nothing is sent until " in llmcost("alerts", "silence", "cost-spike", "--for", "1d").stdout
    code, out, _ = check(llmcost, 62)

    assert 0 == code
    assert out.startswith("silenced: cost-spike/key=search: ")
    shown = json.loads(llmcost("alerts", "show", "cost-spike/key=search", "-f", "json").stdout)["rows"]
    assert [True] == [row["is_silenced"] for row in shown]
    assert "silenced until " in llmcost("alerts", "list").stderr

    assert "no longer silenced" in llmcost("alerts", "silence", "cost-spike", "--for", "0h").stdout
    assert 1 == check(llmcost, 67)[0]


def test_what_is_acknowledged_fails_no_check_until_it_fires_again(spiked: Path, llmcost: Run) -> None:
    refused = llmcost("alerts", "ack", "cost-spike")
    assert (2, True) == (refused.returncode, "cost-spike: it does not fire" in refused.stderr)

    check(llmcost, 62)
    assert "1 alert acknowledged" in llmcost("alerts", "ack", "cost-spike/key=search").stdout
    code, out, _ = check(llmcost, 67)
    assert (0, True) == (code, out.startswith("acknowledged: "))
    assert 0 == check(llmcost, 182)[0]


def test_a_misspelt_name_is_refused_with_the_nearest(spiked: Path, llmcost: Run) -> None:
    for command in ("show", "silence", "ack"):
        done = llmcost("alerts", command, "cost-spkie")
        assert 2 == done.returncode
        assert "cost-spkie: no such rule, and no such alert" in done.stderr
        assert "cost-spike" in done.stderr.partition("hint:")[2]


def test_who_only_looks_makes_no_file(spiked: Path, llmcost: Run) -> None:
    before = set(spiked.iterdir())

    assert 0 == llmcost("alerts", "list").returncode
    assert 0 == llmcost("alerts", "show", "latency").returncode
    assert before == set(spiked.iterdir())
