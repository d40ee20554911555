"""Checks that are killed at any moment, and a receiver that fails every fifth time: every message arrives, no other."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from tests.alerts import traffic_of
from tests.conftest import Run
from tests.logs import write, write_log
from tests.receivers import Receiver, receiving
from tests.shelves import NOON, Case
from tests.test_alerts_command import BOOK
from tests.warm import PROGRAM

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
# more messages at once than ten, so that some go as one
STEPS = [NOON + timedelta(minutes=minutes) for minutes in (60, 130, 240)]


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
        for at in (*STEPS, STEPS[-1] + timedelta(minutes=15)):
            llmcost(*words(f"{at:%Y-%m-%dT%H:%M}"))
        expected = receiver.ids
    forget(tmp_path)

    # 12 keys begin and end
    assert (24, 24) == (len(expected), len(set(expected)))
    with receiving() as receiver:
        notify(tmp_path, receiver)
        kills = killing(tmp_path, receiver, set(expected))
        assert set(expected) == set(receiver.ids)
        # a check that died when its message had arrived sent it again
        assert len(expected) < len(receiver.ids)
    assert kills >= 6


def killing(folder: Path, receiver: Receiver, expected: set[str]) -> int:
    """Check step by step; kill each check at two moments, and some once more while the receiver has their message.

    Checks go on until everything has arrived, or should have long ago.
    """
    chance, kills, whole = random.Random(5), 0, lasting(folder)
    running: list[subprocess.Popen[bytes]] = []

    def answer(number: int) -> int:
        if number in (2, 7, 9):
            running[-1].kill()
        return 503 if number % 5 == 0 else 200

    receiver.answer = answer
    later = [STEPS[-1] + timedelta(minutes=15 * more) for more in range(1, 17)]
    moments = [(at, share) for at in STEPS for share in (chance.random(), chance.random(), None)]
    for at, share in [*moments, *((at, None) for at in later)]:
        if at > later[0] and expected <= set(receiver.ids):
            break
        process = subprocess.Popen(
            [*PROGRAM, *words(f"{at:%Y-%m-%dT%H:%M}")],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        running.append(process)
        began = time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            process.wait(share and share * whole)
        process.kill()
        code = process.wait()
        assert code in (0, 1, -signal.SIGKILL)
        kills += code < 0
        if code >= 0:
            # what a check takes now, with whatever else this machine does
            whole = time.monotonic() - began
    return kills


def lasting(folder: Path) -> float:
    """Tell how many seconds a check takes from start to exit."""
    began = time.monotonic()
    subprocess.run([*PROGRAM, *words("2026-01-01T00:00")], cwd=folder, capture_output=True, check=False)
    forget(folder)
    return time.monotonic() - began
