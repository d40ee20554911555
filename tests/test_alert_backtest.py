"""`llmcost alerts backtest`: alerts of the past by rule, one by one and by threshold; marks tell false ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from llmcost.alerts.marks import Mark, read_marks
from llmcost.errors import UsageError
from tests.alerts import traffic_of
from tests.conftest import Run
from tests.logs import write, write_log
from tests.test_alerts_command import BOOK, BY_KEY, TRAFFIC


@pytest.fixture
def rows(tmp_path: Path, llmcost: Run) -> Any:
    """Run a back-test over the log in which the key search spends too much from noon to two."""
    write_log(tmp_path / "log.jsonl", traffic_of({}, TRAFFIC).first)
    write(tmp_path / "book.yaml", BOOK)
    write(tmp_path / "llmcost.yaml", BY_KEY)

    def run(*words: str) -> tuple[list[dict[str, Any]], str]:
        done = llmcost("alerts", "backtest", "log.jsonl", "--pricing", "book.yaml", "-f", "json", *words)
        assert 0 == done.returncode, done.stderr
        return json.loads(done.stdout)["rows"], done.stderr

    return run


def test_each_alert_says_when_how_long_and_what(rows: Any) -> None:
    ((row,), _) = rows("--each")

    # told of at 12:45, over at 15:00
    assert ("2026-03-02T12:45:00Z", "cost-spike/key=search", 2.25) == (
        row["message_at"],
        row["alert"],
        row["firing_hours"],
    )
    assert row["is_expected"] is None
    assert row["message"].startswith("key search spent $9.00 in the hour to 2026-03-02 12:45 UTC, over $5.00, ")


def test_a_row_for_each_rule_counts_its_alerts_and_those_that_were_not_expected(rows: Any) -> None:
    found, _ = rows("--expected", "2026-03-01")
    spike = next(row for row in found if row["rule"] == "cost-spike")

    assert (1, 2.25, 1) == (spike["alerts"], spike["firing_hours"], spike["false_alerts"])
    assert {0} == {row["alerts"] for row in found if row["rule"] != "cost-spike"}


def test_what_was_expected_is_no_false_alarm_and_what_raised_none_is_named(tmp_path: Path, rows: Any) -> None:
    write(tmp_path / "marks", "# known\n2026-03-02T12:00..2026-03-02T13:00 cost-spike\n\n2026-02-27 errors\n")
    found, said = rows("--expected", "marks")

    assert [0] == [row["false_alerts"] for row in found if row["rule"] == "cost-spike"]
    assert "missed: nothing fired from 2026-02-27 00:00 to 2026-02-28 00:00 UTC errors" in said


def test_an_expected_alert_without_a_name_is_named_by_its_time_alone(rows: Any) -> None:
    _, said = rows("--expected", "2026-02-27")

    assert "missed: nothing fired from 2026-02-27 00:00 to 2026-02-28 00:00 UTC" in said.splitlines()


def test_an_expected_alert_of_no_rule_is_refused_with_the_nearest(rows: Any, llmcost: Run) -> None:
    done = llmcost("alerts", "backtest", "log.jsonl", "--expected", "2026-02-27 cost-spkie/key=search")

    assert 2 == done.returncode
    assert "--expected 2026-02-27 cost-spkie/key=search: no such rule" in done.stderr
    assert "cost-spike" in done.stderr.partition("hint:")[2]


def test_another_threshold_is_tried(rows: Any) -> None:
    # $12 is the most: it is over the floor of $5, and over half to twice of twice the $1 of other days
    found, _ = rows("--thresholds")
    spike = {row["factor"]: (row["threshold"], row["alerts"]) for row in found if row["rule"] == "cost-spike"}

    assert {0.5: (1, 1), 0.75: (1.5, 1), 1: (2, 1), 1.5: (3, 1), 2: (4, 1)} == spike
    assert not any(row["rule"] == "key-budget" for row in found)


def test_a_span_without_logs_is_refused(tmp_path: Path, rows: Any, llmcost: Run) -> None:
    done = llmcost("alerts", "backtest", "log.jsonl", "--since", "2026-05-01")

    assert (2, True) == (done.returncode, "nothing is logged in this time" in done.stderr)


def test_marks_are_times_and_names() -> None:
    noon, one = datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 13)

    assert [Mark(noon, one, "errors")] == read_marks(["2026-03-02T12:00..2026-03-02T13:00 errors"], UTC, {"errors"})
    # a day is all of it
    assert [Mark(datetime(2026, 3, 2), datetime(2026, 3, 4))] == read_marks(["2026-03-02..2026-03-03"], UTC, ())


@pytest.mark.parametrize("text", ["soon", "2026-03-02..soon", "2026-03-03..2026-03-01", ""])
def test_what_is_no_mark_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=f"^--expected {text}: "):
        read_marks([text], UTC, ())
