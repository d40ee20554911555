"""A real Alertmanager: what fires is there under its labels, stays while it is told again, and goes when it is over."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from llmcost.alerts.deliver import deliver
from llmcost.alerts.state import Memory
from tests.conftest import Run
from tests.logs import write
from tests.test_alert_deliveries import channels, happen

PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
AMTOOL = shutil.which("amtool")
pytestmark = pytest.mark.skipif(
    not (PROGRAM and AMTOOL), reason="no alertmanager and amtool here: apt-get install prometheus-alertmanager"
)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[str]:
    """Run one on loopback until the test is over."""
    write(tmp_path / "am.yml", "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    url = f"http://127.0.0.1:{free_port()}"
    words = ["--config.file=am.yml", "--storage.path=am", f"--web.listen-address={url.removeprefix('http://')}"]
    process = subprocess.Popen(
        [str(PROGRAM), *words, "--cluster.listen-address=", "--log.level=error"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str) -> None:
    """Wait until it is ready, half a minute at most."""
    for _ in range(300):
        with suppress(OSError), urlopen(f"{url}/-/ready") as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise AssertionError("it did not start")


def alerts(url: str) -> list[dict[str, Any]]:
    """Ask amtool what is active."""
    done = subprocess.run(
        [str(AMTOOL), f"--alertmanager.url={url}", "alert", "query", "-o", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return sorted(found, key=lambda alert: str(alert["labels"]["name"]))


def test_what_fires_is_active_until_it_is_over(tmp_path: Path, manager: str) -> None:
    to = channels(tmp_path, f"alertmanager: '{manager}'")
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    before = round((now - datetime(2026, 3, 2, 12)).total_seconds() / 60) - 60
    with Memory(tmp_path / "state") as memory:
        happen(memory, to, "firing", "a", "b", minutes=before)
        assert [2] == [one.sent for one in deliver(memory, to, now)]
        first = alerts(manager)
        labels = {"alertname": "LlmcostSpike", "rule": "spike", "by": "key", "severity": "critical"}
        assert [{**labels, "name": "a"}, {**labels, "name": "b"}] == [alert["labels"] for alert in first]
        assert first[0]["annotations"]["summary"].startswith("key a ")

        deliver(memory, to, now + timedelta(minutes=5))
        ends = [datetime.fromisoformat(found[0]["endsAt"]) for found in (first, alerts(manager))]
        assert timedelta(minutes=5) == ends[1] - ends[0]

        happen(memory, to, "resolved", "a", minutes=before + 30, beside="b")
        assert [1] == [one.sent for one in deliver(memory, to, now)]
        assert ["b"] == [alert["labels"]["name"] for alert in alerts(manager)]


def test_a_test_is_active_there(tmp_path: Path, llmcost: Run, manager: str) -> None:
    write(tmp_path / "llmcost.yaml", f"alerts: {{notify: [{{alertmanager: '{manager}'}}]}}")

    assert "alertmanager: sent: answered 200 OK\n" == llmcost("alerts", "test", "alertmanager").stdout
    assert ["LlmcostTest"] == [alert["labels"]["alertname"] for alert in alerts(manager)]
