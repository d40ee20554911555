"""Checks that are killed at any moment, and a receiver that fails every fifth time: every message arrives, no other."""

from __future__ import annotations

import random
import subprocess
from datetime import timedelta
from pathlib import Path

from tests.alerts import traffic_of
from tests.conftest import PROGRAM, Run
from tests.logs import write, write_log
from tests.receivers import Receiver, receiving
from tests.shelves import NOON, Case
from tests.test_alerts_command import BOOK

# twelve keys that each spend too much for an hour, one after the other, and three at once
TRAFFIC: Case = {
    "defaults": {"provider": "acme", "model": "m"},
    "traffic": [
        {"key": f"k{number}", "from": number // 3 * 0.5, "until": number // 3 * 0.5 + 1, "every": 5, "usd": 1}
        for number in range(12)
    ]
    + [{"key": "quiet", "from": -1, "until": 8, "every": 5}],
}
RULES = "alerts:\n  rules: {cost-spike: 'off', stale-logs: 'off', spent: {by: key, over: 5, window: 30m}}\n"
STEPS = [NOON + timedelta(minutes=minutes) for minutes in range(0, 270, 15)]
# more messages at once than ten, so that some go as one
LATE = NOON + timedelta(hours=5)


def words(minute: str) -> list[str]:
    return ["alerts", "check", "--pricing", "pricing.local.yaml", "--at", minute]


def notify(folder: Path, receiver: Receiver) -> None:
    write(folder / "llmcost.yaml", f"{RULES}  notify: [{{webhook: '{receiver.url}'}}]\n")


def forget(folder: Path) -> None:
    for path in folder.glob("llmcost.duckdb.alerts.sqlite*"):
        path.unlink()


def test_killed_at_any_moment_every_message_arrives_and_no_other(tmp_path: Path, llmcost: Run) -> None:
    write_log(tmp_path / "log.jsonl", traffic_of({}, TRAFFIC).first)
    write(tmp_path / "pricing.local.yaml", BOOK)
    with receiving() as receiver:
        notify(tmp_path, receiver)
        assert 0 == llmcost("ingest", "log.jsonl").returncode
        for at in STEPS:
            llmcost(*words(f"{at:%Y-%m-%dT%H:%M}"))
        expected = receiver.ids
    forget(tmp_path)

    # 12 keys begin and end
    assert (24, 24) == (len(expected), len(set(expected)))
    with receiving() as receiver:
        notify(tmp_path, receiver)
        receiver.answer = lambda number: 503 if number % 5 == 0 else 200
        kills = killing(tmp_path)
        assert set(expected) == set(receiver.ids)
    assert kills > 5


def killing(folder: Path) -> int:
    """Check step by step, each check killed now and then, until nothing waits any more; give how often."""
    chance, kills = random.Random(5), 0
    for at in (*STEPS, *(LATE + timedelta(minutes=15 * more) for more in range(8))):
        for patience in (chance.uniform(0.1, 0.9), None):
            process = subprocess.Popen(
                [*PROGRAM, *words(f"{at:%Y-%m-%dT%H:%M}")],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                assert process.wait(patience) in (0, 1)
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
    return kills
