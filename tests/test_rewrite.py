"""A store written anew: all that was in it is in it, and whatever stops it leaves the old one whole."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from llmcost.ingest import Options, ingest
from llmcost.pricing import Book
from llmcost.store import Filters, Store
from llmcost.store.rewrite import rewrite
from llmcost.store.shape import shape_of
from tests.conftest import Run
from tests.logs import full_request, write_log
from tests.test_crash import small_disk as small_disk

# dies where it is asked to
KILLED = (
    "import os, signal, sys; from llmcost.store import Store; from llmcost.store.rewrite import rewrite; "
    "die = lambda step: step == sys.argv[2] and os.kill(os.getpid(), signal.SIGKILL); "
    "rewrite(Store(sys.argv[1]), die)"
)


def quiet(step: str) -> None:
    """Say nothing."""


def all_of(path: Path) -> dict[str, list[str]]:
    """Read all tables, each in an order of its own."""
    with Store(path, read_only=True) as store:
        tables = shape_of(store)["tables"]
        return {name: sorted(map(repr, store.rows(f"from {name}"))) for name in tables}


def beside(path: Path) -> list[str]:
    """Name what stands in the folder of a store."""
    return sorted(file.name for file in path.parent.iterdir() if "duckdb" in file.name)


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[list[Path]]:
    """Two logs that share calls, and whose times are mixed."""
    chance = random.Random(2)
    times = [datetime(2026, 5, 1 + chance.randrange(28), chance.randrange(3)) for _ in range(60)]
    requests = [full_request(n, at, output_tokens=chance.randrange(3)) for n, at in enumerate(times)]
    first = write_log(tmp_path / "first.jsonl", requests)
    again = [{**one, "output_tokens": chance.randrange(3)} for one in requests[20:]]
    yield [first, write_log(tmp_path / "second.jsonl", [*again, *again[:5]])]


def test_nothing_but_the_order_of_requests_is_another(ingested: Path, tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    path.write_bytes(ingested.read_bytes())
    path.chmod(0o640)
    before = all_of(path)
    with Store(path) as store:
        shape = shape_of(store)
        done = rewrite(store, quiet)

    assert all_of(path) == before
    assert (done.requests, done.requests_before) == (len(before["requests"]), len(before["requests"]))
    assert (path.stat().st_mode & 0o777, done.size) == (0o640, path.stat().st_size)
    assert beside(path) == ["store.duckdb"]
    with Store(path) as store:
        assert shape_of(store) == shape
        assert [] == store.rows(
            "select 1 from requests a, requests b where a.rowid < b.rowid and a.started_at > b.started_at limit 1"
        )
        with pytest.raises(Exception, match="NOT NULL"):
            store.execute("insert into requests (request_id) values (null)")


def test_requests_of_one_moment_stay_in_the_order_in_which_the_store_had_them(tmp_path: Path) -> None:
    path, at, in_order = (
        tmp_path / "store.duckdb",
        datetime(2026, 5, 1),
        "select request_id from requests order by rowid",
    )
    with Store(path) as store:
        ingest(store, [str(write_log(tmp_path / "log.jsonl", [full_request(n, at) for n in range(20)]))])
        had = store.rows(in_order)
        rewrite(store, quiet)

    with Store(path, read_only=True) as store:
        assert had == store.rows(in_order)


@pytest.mark.parametrize("policy", ["last", "first"])
def test_of_a_call_logged_twice_the_same_record_stays_as_without(logs: list[Path], tmp_path: Path, policy: str) -> None:
    found = []
    for name in ("plain", "sorted"):
        path = tmp_path / f"{name}.duckdb"
        with Store(path) as store:
            ingest(store, [str(logs[0])])
            if name == "sorted":
                rewrite(store, quiet)
        with Store(path) as store:
            summary = ingest(store, [str(logs[0]), str(logs[1])], options=Options(on_duplicate=policy))
            rows = store.rows("select request_id, file_id, output_tokens from requests order by request_id")
            found.append((summary.unchanged, summary.duplicates, rows))

    assert found[0] == found[1]
    assert found[0][0] == 1


def test_what_is_asked_of_recent_days_reads_few_groups_of_rows(tmp_path: Path, book: Book) -> None:
    path = tmp_path / "store.duckdb"
    with Store(path) as store:
        ingest(store, [str(write_log(tmp_path / "log.jsonl", [full_request(1, datetime(2026, 1, 1))]))])
        store.execute(
            "insert into requests select requests.* replace (started_at + to_hours(cast(hash(n) % 8760 as integer)) as "
            "started_at, n + 1 as dedupe_key) from requests, range(400_000) as numbers(n)"
        )
        rewrite(store, quiet)

    with Store(path, read_only=True) as store:
        scope = store.price(book).scope(Filters(since=datetime(2026, 12, 20)), ("model",))
        store.bind(scope.tables)
        plan = store.rows("explain analyze select group_1, sum(cost_usd) from scope group by 1")[0][1]

    assert re.findall(r"Row Groups Scanned\W+(\d+ */ *\d+)", plan)[-1] == "1 / 4", plan


@pytest.mark.parametrize("step", ["copying", "sorting requests by time", "writing the file"])
def test_killed_at_any_step_the_store_is_whole_and_what_it_left_goes_when_it_is_next_written(
    first_store: Path, tmp_path: Path, step: str
) -> None:
    path = tmp_path / "store.duckdb"
    path.write_bytes(first_store.read_bytes())
    before = all_of(path)
    spill = tmp_path / f"store.duckdb.tmp-{'a' * 32}"
    spill.mkdir()

    done = subprocess.run([sys.executable, "-c", KILLED, str(path), step])

    assert -signal.SIGKILL == done.returncode
    assert all_of(path) == before
    assert ".store.duckdb.rewriting" in beside(path)
    with Store(path):
        pass
    assert beside(path) == ["store.duckdb"]


def test_interrupted_it_leaves_the_store_and_nothing_beside_it(first_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    path.write_bytes(first_store.read_bytes())
    before = all_of(path)

    def stop(step: str) -> None:
        if step == "writing the file":
            raise KeyboardInterrupt

    with Store(path) as store, pytest.raises(KeyboardInterrupt):
        rewrite(store, stop)

    assert (all_of(path), beside(path)) == (before, ["store.duckdb"])


def test_on_a_full_disk_the_store_is_whole_and_the_reason_is_said(
    llmcost: Run, small_disk: Path, tmp_path: Path
) -> None:
    path = small_disk / "store.duckdb"
    chance = random.Random(1)
    # ids that do not compress, and a disk that has no room for them twice
    ids = [f"{chance.getrandbits(1024):0256x}" for _ in range(5_000)]
    log = write_log(tmp_path / "log.jsonl", [full_request(0, datetime(2026, 5, 1), request_id=id) for id in ids])
    with Store(path) as store:
        ingest(store, [str(log)])
    before = path.read_bytes()
    (small_disk / "other").write_bytes(b" " * (shutil.disk_usage(small_disk).free - 500_000))

    done = llmcost("compact", "--db", path)

    assert (done.returncode, "cannot be written" in done.stderr, "Traceback" in done.stderr) == (3, True, False)
    assert "what was there before is whole" in done.stderr
    assert (path.read_bytes() == before, beside(path)) == (True, ["store.duckdb"])


def test_what_comes_of_it_is_said_and_a_link_stays_a_link(llmcost: Run, first_store: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    path, link = tmp_path / "real" / "store.duckdb", tmp_path / "link.duckdb"
    path.write_bytes(first_store.read_bytes())
    link.symlink_to(path)

    done = llmcost("compact", "--db", link)

    assert (done.returncode, done.stderr) == (0, "")
    assert "link.duckdb: 45 requests in order of time; " in done.stdout
    assert (link.is_symlink(), beside(path), beside(link)) == (True, ["store.duckdb"], ["link.duckdb"])


def test_a_store_that_is_locked_missing_or_empty_is_refused(llmcost: Run, first_store: Path, tmp_path: Path) -> None:
    path, empty = tmp_path / "store.duckdb", tmp_path / "empty.duckdb"
    path.write_bytes(first_store.read_bytes())
    with Store(empty):
        pass
    with Store(path, read_only=True):
        locked = llmcost("compact", "--db", path)
    found = [locked, llmcost("compact", "--db", empty), llmcost("compact", "--db", tmp_path / "none.duckdb")]

    assert [3, 3, 3] == [done.returncode for done in found]
    assert "locked" in found[0].stderr
    assert "the store is empty" in found[1].stderr
    assert "no such store" in found[2].stderr
    assert beside(path) == ["empty.duckdb", "store.duckdb"]
