"""Kills, full disks and two writers: nothing is lost, nothing is twice, and what went wrong is said."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import Run
from tests.test_ingest import record

# one file a batch, so that there is something between the transactions
INGEST = (
    "import sys, llmcost.ingest.batches as batches; from llmcost.ingest import ingest; batches.BATCH_BYTES = 1; "
    "from llmcost.store import Store; store = Store(sys.argv[1]); print(flush=True); "
    "ingest(store, [sys.argv[2]])"
)


def write_logs(folder: Path, files: int, rows: int) -> None:
    folder.mkdir()
    for file in range(files):
        lines = [record(file * rows + n) for n in range(rows)]
        lines[rows // 2] = b"oops\n"
        (folder / f"{file}.jsonl").write_bytes(b"".join(lines))


def kill_at_random(db: Path, logs: Path, kills: int, within: float) -> None:
    chance = random.Random(4)
    for _ in range(kills):
        process = subprocess.Popen([sys.executable, "-c", INGEST, str(db), str(logs)], stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        time.sleep(chance.uniform(0, within))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("kills", [8, pytest.param(30, marks=pytest.mark.slow)])
def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_twice(tmp_path: Path, kills: int) -> None:
    files = 20 if kills > 8 else 6
    write_logs(tmp_path / "logs", files, 2000)
    db = tmp_path / "store.duckdb"
    # a file takes about 0.1 s, so the kills fall before, within and between transactions of every file
    kill_at_random(db, tmp_path / "logs", kills, 0.35)

    subprocess.run(
        [sys.executable, "-c", INGEST, str(db), str(tmp_path / "logs")], check=True, stdout=subprocess.DEVNULL
    )

    good = files * 1999
    with Store(db, read_only=True) as store:
        assert [(good, good, files)] == store.rows(
            "select count(*), count(distinct request_id), (select count(*) from files) from requests"
        )
        assert files == store.value("select count(*) from rejects")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 12 MB, where that may be done."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"no mount: {error}")
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_named_and_the_committed_files_stay(llmcost: Run, small_disk: Path, tmp_path: Path) -> None:
    logs, db = tmp_path / "logs", small_disk / "store.duckdb"
    logs.mkdir()
    (logs / "1.jsonl").write_bytes(b"".join(record(n) for n in range(1000)))
    first = llmcost("ingest", "--db", db, logs)
    # ids that do not compress: more than what is left of the disk
    chance = random.Random(1)
    lines = (
        record(n, id=f"{chance.getrandbits(512):0128x}", trace_id=f"{chance.getrandbits(512):0128x}")
        for n in range(90_000)
    )
    (logs / "2.jsonl").write_bytes(b"".join(lines))

    full = llmcost("ingest", "--db", db, logs)

    assert (first.returncode, full.returncode) == (0, 3)
    assert "the disk is full" in full.stderr
    assert "Traceback" not in full.stderr
    with Store(db, read_only=True) as store:
        assert store.value("select count(*) from requests") == 1000
    roomy = tmp_path / "store.duckdb"
    roomy.write_bytes(db.read_bytes())
    again = llmcost("ingest", "--db", roomy, logs)
    assert "90,000 new, 0 duplicate" in again.stdout


def test_of_two_ingests_at_once_the_second_says_who_holds_the_store(llmcost: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(record(1))
    with Store(tmp_path / "store.duckdb") as store:
        ingest(store, [str(tmp_path / "a.jsonl")])

        second = llmcost("ingest", "--db", "store.duckdb", "a.jsonl")

    assert second.returncode == 3
    assert "the store is locked by" in second.stderr
    assert str(os.getpid()) in second.stderr


def test_a_command_waits_for_a_store_that_is_held_for_a_moment(llmcost: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(record(1))
    store = Store(tmp_path / "store.duckdb")
    ingest(store, [str(tmp_path / "a.jsonl")])
    done = threading.Timer(0.7, store.close)
    done.start()

    found = llmcost("report", "--db", "store.duckdb", "-f", "json")

    done.join()
    assert (0, 1) == (found.returncode, json.loads(found.stdout)["totals"]["requests"])


def test_following_reads_what_is_appended_until_it_is_stopped(tmp_path: Path) -> None:
    log, db = tmp_path / "a.jsonl", tmp_path / "store.duckdb"
    log.write_bytes(record(1))
    command = [sys.executable, "-m", "llmcost", "ingest", "--follow", "--db", str(db), str(log)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    assert process.stdout
    first = process.stdout.readline()
    with log.open("ab") as out:
        out.write(record(2) + record(3))
    second = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate(timeout=60)

    assert ("1 new" in first, "2 new, 0 duplicate" in second) == (True, True)
    assert (process.returncode, "interrupted" in talk, "Traceback" in talk) == (130, True, False)
