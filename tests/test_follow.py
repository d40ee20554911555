"""`llmcost ingest --follow` outlives whoever holds the store for a while."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest

from llmcost.errors import InputError
from llmcost.ingest import ingest
from llmcost.ingest.follow import follow
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


class Steps(Event):
    """What happens between two looks, one step each, in place of waiting; after the last one it is over."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        super().__init__()
        self.steps = list(steps)
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        if self.steps:
            self.steps.pop(0)()
        else:
            self.set()
        return self.is_set()


def counts(folder: Path, *steps: Callable[[], object], logs: Sequence[str] = ("logs",)) -> list[int]:
    """Follow logs through these steps; count what each look has read."""
    looks = follow(folder / "s.duckdb", [str(folder / log) for log in logs], poll=2.0, ending=Steps(*steps))
    return [look.summary.new for look in looks]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(record(1))
    return folder


def appending(file: Path, text: bytes) -> Callable[[], object]:
    def append() -> None:
        with file.open("ab") as log:
            log.write(text)

    return append


def test_a_half_line_is_read_when_it_is_whole(logs: Path) -> None:
    line, file = record(2), logs / "a.jsonl"

    assert [1, 0, 1] == counts(logs.parent, appending(file, line[:20]), appending(file, line[20:]))


def test_a_log_that_is_rotated_is_read_to_its_end_and_no_request_twice(logs: Path) -> None:
    def rotate() -> None:
        appending(logs / "a.jsonl", record(2))()
        (logs / "a.jsonl").rename(logs / "a.jsonl.1")
        (logs / "a.jsonl").write_bytes(record(3))

    assert [1, 2, 1] == counts(logs.parent, rotate, appending(logs / "a.jsonl", record(4)))


def test_a_file_in_the_place_of_one_of_the_same_size_is_another(logs: Path) -> None:
    def replace() -> None:
        (logs / "new").write_bytes(record(2))
        (logs / "new").rename(logs / "a.jsonl")

    assert [1, 1] == counts(logs.parent, replace)


def test_many_small_files_that_come_are_read_once(logs: Path) -> None:
    def copy(first: int) -> Callable[[], object]:
        return lambda: [(logs / f"{n}.json").write_bytes(record(n)) for n in range(first, first + 300)]

    assert [1, 300, 300, 0] == counts(logs.parent, copy(100), copy(400), lambda: None)


def test_a_document_that_is_still_being_copied_is_read_to_its_end(logs: Path) -> None:
    text = b"[\n" + record(2).strip() + b",\n" + record(3).strip() + b"\n]\n"

    steps = appending(logs / "b.json", text[:-40]), appending(logs / "b.json", text[-40:])
    assert [1, 1, 1] == counts(logs.parent, *steps)
    with Store(logs.parent / "s.duckdb", read_only=True) as store:
        assert 0 == store.value("select count(*) from rejects")


def test_logs_that_are_not_there_yet_are_waited_for(tmp_path: Path) -> None:
    assert [0, 1] == counts(tmp_path, lambda: (tmp_path / "later.jsonl").write_bytes(record(1)), logs=["later.jsonl"])


def test_where_no_file_has_changed_the_store_is_left_alone(logs: Path) -> None:
    store = logs.parent / "s.duckdb"

    assert [1, 0] == counts(logs.parent, store.unlink)
    assert not store.exists()


def test_after_a_look_that_takes_long_there_is_a_rest_so_that_looks_take_a_part_of_one_core(logs: Path) -> None:
    # a look of a second on two processors, 2 / 0.22 - 1; one of three seconds that waits for a disk; a short one
    times = iter([(0, 0), (1, 2), (10, 2), (13, 2.5), (30, 3), (30.1, 3.1)])
    steps = Steps(lambda: None, lambda: None)
    list(follow(logs / "s.duckdb", [str(logs)], poll=2.0, ending=steps, timer=lambda: next(times)))

    assert [8.09, 10.64, 2.0] == [round(waited, 2) for waited in steps.waited]


def test_a_store_among_the_logs_is_none_of_them(logs: Path) -> None:
    looks = list(follow(logs / "s.duckdb", [str(logs)], poll=2.0, ending=Steps(lambda: None)))

    assert [1, 0] == [look.summary.new for look in looks]
    assert [[], []] == [look.summary.skipped for look in looks]


def test_a_folder_that_holds_nothing_but_the_store_holds_no_logs(tmp_path: Path) -> None:
    with Store(tmp_path / "s.duckdb") as store, pytest.raises(InputError, match="no logs found, but the store itself"):
        ingest(store, [str(tmp_path)])


def test_who_is_asked_to_end_begins_no_other_batch(logs: Path, store: Store) -> None:
    ending = Event()
    ending.set()

    assert 0 == ingest(store, [str(logs)], ending=ending).new
    assert 1 == ingest(store, [str(logs)], ending=Event()).new


def test_sigterm_ends_it_after_what_it_reads(following: subprocess.Popen[str], tmp_path: Path) -> None:
    assert said(tmp_path, "1 new")
    following.send_signal(signal.SIGTERM)

    assert 0 == following.wait(PATIENCE)
    assert said(tmp_path, "ended; what was read stays")


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


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf"])
def test_what_is_no_time_to_wait_is_refused(tmp_path: Path, seconds: str) -> None:
    command = [sys.executable, "-m", "llmcost", "ingest", "--follow", "--poll", seconds, "a.jsonl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False)

    assert (2, True) == (done.returncode, f"error: --poll {seconds}: not 0.1 to 86400 seconds" in done.stderr)


def test_a_folder_without_logs_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    looks = follow(tmp_path / "s.duckdb", [str(tmp_path / "logs")], poll=0.1, ending=Event())

    assert [(str(tmp_path / "logs"), "the folder holds no files")] == next(iter(looks)).summary.skipped
