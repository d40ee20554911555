"""`llmcost ingest --follow` outlives whoever holds the store for a while."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from llmcost.store import Store
from tests.test_ingest import record

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
PATIENCE = 60


@pytest.fixture
def following(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "a.jsonl").write_bytes(record(1))
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "llmcost", "ingest", "--follow", "a.jsonl", "--db", "s.duckdb"],
            cwd=tmp_path,
            stdout=said,
            stderr=said,
            text=True,
        )
        yield process
        process.kill()
        process.wait()


def said(folder: Path, text: str) -> bool:
    """Wait until the command has said something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if text in (folder / "said").read_text():
            return True
        time.sleep(0.1)
    return False


def test_a_store_that_another_process_holds_is_waited_for(following: subprocess.Popen[str], tmp_path: Path) -> None:
    assert said(tmp_path, "1 new")
    holder = held(tmp_path / "s.duckdb")
    with (tmp_path / "a.jsonl").open("ab") as log:
        log.write(record(2))
    assert said(tmp_path, "waiting: ")
    time.sleep(5)
    holder.communicate("")
    assert said(tmp_path, "resumed")
    following.send_signal(signal.SIGINT)

    assert 130 == following.wait(PATIENCE)
    assert 1 == (tmp_path / "said").read_text().count("waiting: ")
    with Store(tmp_path / "s.duckdb", read_only=True) as store:
        assert 2 == store.value("select count(*) from requests")


def held(path: Path) -> subprocess.Popen[str]:
    """Let another process hold a store, as soon as it is free."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        if process.stdout.readline().strip() == "held":
            return process
    raise AssertionError("the store was never free")
