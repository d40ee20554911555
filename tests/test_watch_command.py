"""`llmcost watch` as a user runs it: one frame, lines, a terminal whose keys are pressed, and how it ends."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from llmcost.alerts.rules import AlertSettings
from llmcost.cli.watch import lines
from llmcost.cli.watch.lines import line, written
from llmcost.errors import StoreError
from llmcost.ingest import ingest
from llmcost.report.budget import Budget
from llmcost.store import Store
from llmcost.watch.following import Newest, Source, Update, updates
from llmcost.watch.watching import Settings
from tests.conftest import Run
from tests.logs import write, write_log
from tests.receivers import receiving
from tests.test_follow import PATIENCE, Steps, held
from tests.test_watch_snapshot import BOOK, NOW, SETTINGS, spent, usd
from tests.test_watch_view import SNAPSHOT, UNUSUAL

AT = f"{NOW:%Y-%m-%dT%H:%M}"
COMMAND = [sys.executable, "-m", "llmcost", "watch", "--pricing", "book.yaml"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a book, and a log of a dollar an hour ago and two of yesterday."""
    write(tmp_path / "book.yaml", BOOK)
    write_log(tmp_path / "a.jsonl", [spent(1, NOW - timedelta(minutes=30), api_key_alias="search")])
    write_log(tmp_path / "b.jsonl", [spent(2, NOW - timedelta(days=1))])
    return tmp_path


def once(llmcost: Run, *words: str) -> Any:
    return llmcost("watch", "--pricing", "book.yaml", "--once", "--at", AT, *words)


def test_with_stdin_closed_it_prints_lines(folder: Path) -> None:
    shell = f"exec {sys.executable} -m llmcost watch log.jsonl <&-"
    with subprocess.Popen(["sh", "-c", shell], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()

    assert "alerts firing" in first
    assert 0 == process.returncode


def test_once_reads_what_is_new_shows_one_frame_and_ends(folder: Path, llmcost: Run) -> None:
    done = once(llmcost, "a.jsonl", "b.jsonl")
    rows = done.stdout.splitlines()

    assert (0, 23) == (done.returncode, len(rows))
    assert rows[0].startswith(" llmcost watch   data until 11:32:00, 30 min old")
    assert rows[1].startswith(" last hour $1.00 ")
    assert re.search(r"│ search +\$1.00 +\$1.00 │", done.stdout)
    assert "2" == llmcost("sql", "select count(*) as n from requests", "-f", "csv").stdout.split()[1]


def test_once_writes_a_document_for_programs(folder: Path, llmcost: Run) -> None:
    found = json.loads(once(llmcost, "a.jsonl", "--json").stdout)

    assert ("watch", "2026-03-02T12:02:00Z", "UTC") == (found["command"], found["taken_at"], found["zone"])
    assert (1, 1, [], []) == (
        found["total"]["hour_usd"],
        found["total"]["hour_requests"],
        found["alerts"],
        found["messages"],
    )
    assert ["search"] == [one["name"] for one in found["keys"]]


def test_without_logs_the_store_is_only_read(folder: Path, llmcost: Run) -> None:
    once(llmcost, "a.jsonl")
    before = (folder / "llmcost.duckdb").read_bytes()

    first, second = once(llmcost, "--where", "key=other").stdout.splitlines()[:2]
    assert first.endswith("   requests where key=other")
    assert second.startswith(" last hour $0.00 ")
    assert before == (folder / "llmcost.duckdb").read_bytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("-",), "watch follows files, not stdin"),
        (("--json",), "--json needs --once"),
        (("--at", AT), "--at needs --once"),
        (("--poll", "0"), "--poll 0: not 0.1 to 86400 seconds"),
    ],
)
def test_what_cannot_be_watched_is_refused(tmp_path: Path, llmcost: Run, words: tuple[str, ...], says: str) -> None:
    done = llmcost("watch", *words)

    assert (2, True) == (done.returncode, says in done.stderr)
    assert [] == list(tmp_path.iterdir())


def test_without_a_store_and_without_logs_nothing_is_watched_and_nothing_made(tmp_path: Path, llmcost: Run) -> None:
    done = llmcost("watch")

    assert (3, True) == (done.returncode, "llmcost.duckdb" in done.stderr)
    assert [] == list(tmp_path.iterdir())


def follow(folder: Path, *steps: Callable[[], object], logs: bool = True, **settings: Any) -> list[Update]:
    """Follow a.jsonl, or the store that others write, through these steps, at noon."""
    how = Settings(**{**vars(SETTINGS), **settings})
    source = Source(folder / "s.duckdb", (str(folder / "a.jsonl"),) if logs else ())
    return list(updates(source, how, lambda: NOW, Steps(*steps)))


def appending(folder: Path, usd: float) -> Callable[[], object]:
    def append() -> None:
        with (folder / "a.jsonl").open("a") as log:
            log.write(json.dumps({**spent(usd), "request_id": f"more-{usd}"}) + "\n")

    return append


def hours(found: list[Update]) -> list[float | None]:
    """Give what the last hour has cost in each update."""
    return [amount for update in found if update.snapshot for amount in usd(update.snapshot.total.hour_usd)]


def test_what_is_appended_is_in_the_next_snapshot(folder: Path) -> None:
    assert [1, 1, 3, 7] == hours(follow(folder, lambda: None, appending(folder, 2), appending(folder, 4)))


def test_what_others_read_into_the_store_is_in_the_next_snapshot(folder: Path) -> None:
    def others() -> None:
        with Store(folder / "s.duckdb") as store:
            ingest(store, [str(folder / "a.jsonl")])

    with Store(folder / "s.duckdb"):
        pass
    assert [0, 1, 1] == hours(follow(folder, others, lambda: None, logs=False))


@pytest.mark.parametrize("logs", [True, False])
def test_a_store_that_another_process_holds_is_waited_for(folder: Path, logs: bool) -> None:
    holders: list[subprocess.Popen[str]] = []

    def hold() -> None:
        holders.append(held(folder / "s.duckdb"))
        appending(folder, 2)()
        os.utime(folder / "s.duckdb")

    def free() -> None:
        holders[0].communicate("")
        os.utime(folder / "s.duckdb")

    with Store(folder / "s.duckdb") as store:
        ingest(store, [str(folder / "a.jsonl")])
    found = follow(folder, hold, lambda: None, free, logs=logs)

    assert [False, True, True, False] == [bool(update.waiting) for update in found]
    # meanwhile what was known is shown
    assert [1, 1, 1, 3 if logs else 1] == hours(found)


def test_messages_are_told_once(folder: Path) -> None:
    budget = Budget("key", "search", "day", SNAPSHOT.budgets[0].limit_usd / 50)
    found = follow(folder, lambda: None, alerts=AlertSettings(), budgets=(budget,))

    assert [["key search spent $1.00 today, 100 % of its daily budget of $1.00"], []] == [
        [message["text"] for message in update.messages] for update in found
    ]


def test_an_update_takes_the_place_of_another_but_for_its_messages() -> None:
    newest = Newest()
    newest.put(Update(SNAPSHOT, [{"id": "1"}]))
    newest.put(Update(UNUSUAL, [{"id": "2"}], waiting="w"))

    assert Update(UNUSUAL, [{"id": "1"}, {"id": "2"}], waiting="w") == newest.take()
    assert newest.take() is None


def test_what_stopped_the_thread_is_raised_once_all_is_taken() -> None:
    newest = Newest()
    newest.put(Update(SNAPSHOT))
    newest.end(StoreError("gone"))

    assert Update(SNAPSHOT) == newest.take()
    with pytest.raises(StoreError, match="gone"):
        newest.take()


def test_a_line_a_minute_and_every_message_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds, newest = [0.0], Newest()
    monkeypatch.setattr(lines, "monotonic", lambda: seconds[0])
    monkeypatch.setattr(lines, "TICK", 0.0)
    said = written(newest, lambda: NOW)

    def at(second: float, update: Update) -> list[str]:
        seconds[0] = second
        newest.put(update)
        return [text.split(";")[0] for text in next(said)]

    assert ["2026-03-02 12:02:00 UTC"] == at(0, Update(SNAPSHOT))
    message = {"event": "firing", "alert": "cost-spike/all", "text": "too much"}
    assert ["firing: cost-spike/all: too much"] == at(5, Update(SNAPSHOT, [message]))
    assert [] == at(59, Update(SNAPSHOT, waiting="held"))
    assert ["2026-03-02 12:02:00 UTC"] == at(60, Update(SNAPSHOT))
    assert "waiting: held\nresumed\n" == capsys.readouterr().err


def test_a_line_says_all_of_it() -> None:
    assert line(UNUSUAL) == (
        "2026-03-02 12:02:00 UTC; hour $72.50 (usual $25.10); today $1,310.25; 1,204 requests; 12 errors; "
        "1 alert firing; data 4 s old"
    )


def test_without_a_terminal_it_prints_lines_until_sigterm(folder: Path) -> None:
    command = [*COMMAND, "a.jsonl", "--poll", "0.2"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        rest, err = process.communicate(timeout=PATIENCE)

    assert re.fullmatch(r"[-0-9]+ [:0-9]+ UTC; hour \$0\.00; today \$0\.00; 0 requests; .* old\n", first)
    assert (0, "", "") == (process.returncode, rest, err)


def test_what_fires_is_sent_once_also_while_lines_are_printed(folder: Path, llmcost: Run) -> None:
    with receiving() as receiver:
        write(
            folder / "llmcost.yaml",
            f"""
            alerts:
              notify: [{{webhook: "{receiver.url}"}}]
              rules: {{dear: {{over: 0.5}}}}
            """,
        )
        frame = once(llmcost, "a.jsonl", "--db", "once.duckdb")
        write_log(folder / "now.jsonl", [spent(3, datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=30))])
        with subprocess.Popen(
            [*COMMAND, "now.jsonl", "--poll", "0.2"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            fired = [process.stdout.readline(), process.stdout.readline()]
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=PATIENCE)

    assert "webhook: 1 message sent" in frame.stderr
    assert any(said.startswith("firing: dear/all: all requests spent $3.00 in the hour to ") for said in fired)
    assert (0, "webhook: 1 message sent\n") == (process.returncode, err)
    assert ["dear/all/firing", "dear/all/firing"] == [name.rpartition("/")[0] for name in receiver.ids]


def test_a_key_that_has_spent_its_budget_is_throttled_while_lines_are_printed(folder: Path) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    # where it is noon, so that midnight is far
    zone = f"Etc/GMT{now.hour - 12:+d}"
    write(
        folder / "llmcost.yaml",
        f"""
        budgets: [{{of: key=search, daily_usd: 2}}]
        alerts: {{tz: {zone}, rules: {{key-budget: {{then: throttle}}}}}}
        throttle: {{act: true, through: {{file: throttled.json}}}}
        """,
    )
    ended = now - timedelta(minutes=8)
    spends = [spent(3, ended, api_key_alias="search", api_key_id="hash-1"), spent(1, ended + timedelta(minutes=7))]
    write_log(folder / "now.jsonl", spends)
    command, pipe = [*COMMAND, "now.jsonl", "--poll", "0.2"], subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline(), process.stdout.readline()]
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)

    assert any("search" in one for one in said), said
    assert (0, 1) == (process.returncode, err.count("throttle: ")), err
    assert ["hash-1"] == [*json.loads((folder / "throttled.json").read_text())["keys"]]


class Terminal:
    """A terminal of 80x24 in which the command runs."""

    def __init__(self, folder: Path, *words: str, kind: str = "xterm-256color") -> None:
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.theirs, self.before, self.seen = theirs, termios.tcgetattr(theirs), ""
        environment = {**os.environ, "TERM": kind}
        for name in ("COLUMNS", "LINES", "NO_COLOR"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [*COMMAND, "--poll", "0.2", *words], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )

    def sees(self, text: str) -> bool:
        """Wait until a text is on the screen that was not there at the last question."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen and time.monotonic() < end:
            if select.select([self.ours], [], [], 0.1)[0]:
                self.seen += os.read(self.ours, 65_536).decode(errors="replace")
        found = text in self.seen
        self.seen = ""
        return found

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def ends(self) -> int:
        """Wait for its end, and check that the terminal is as it was: its own screen, a cursor, its settings."""
        assert self.sees("\x1b[?1049l")
        code = self.process.wait(PATIENCE)
        assert self.before == termios.tcgetattr(self.theirs)
        return code

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture
def terminal(folder: Path) -> Iterator[Terminal]:
    opened = Terminal(folder, "a.jsonl", "--serve=0")
    yield opened
    opened.close()


def test_a_terminal_that_can_draw_no_screen_gets_lines(folder: Path) -> None:
    opened = Terminal(folder, "a.jsonl", kind="dumb")

    assert opened.sees("alerts firing")
    opened.close()


def test_on_a_terminal_keys_move_between_panels_and_q_leaves_it_as_it_was(terminal: Terminal) -> None:
    assert terminal.sees("Spend by model")
    terminal.press("3")
    assert terminal.sees("Latency of the last hour")
    terminal.press("\t")
    assert terminal.sees("Input from caches")
    terminal.press("?")
    assert terminal.sees("any key goes back")
    terminal.press("x/sea")
    assert terminal.sees("/sea_")
    terminal.press("\x1b ")
    assert terminal.sees("paused")
    terminal.press("q")

    assert 0 == terminal.ends()


def test_a_terminal_shows_what_is_appended(terminal: Terminal, folder: Path) -> None:
    assert terminal.sees("Spend by model")
    now = datetime.now(tz=None).astimezone().replace(microsecond=0)
    record = spent(5) | {"started_at": now.isoformat(), "ended_at": now.isoformat(), "request_id": "now"}
    with (folder / "a.jsonl").open("a") as log:
        log.write(json.dumps(record) + "\n")

    assert terminal.sees("$5.00")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_leaves_the_terminal_as_it_was(terminal: Terminal, number: signal.Signals) -> None:
    assert terminal.sees("Spend by model")
    terminal.process.send_signal(number)

    assert 0 == terminal.ends()


def test_what_stops_it_leaves_the_terminal_as_it_was_and_is_said(folder: Path) -> None:
    write(folder / "llmcost.duckdb", "no store")
    terminal = Terminal(folder, "a.jsonl")
    assert 0 != terminal.ends()
    assert terminal.process.returncode in (3, 5)
    os.close(terminal.ours)
    os.close(terminal.theirs)


def test_settings_of_alerts_are_those_of_the_file(folder: Path, llmcost: Run) -> None:
    write(folder / "llmcost.yaml", "alerts: {tz: Europe/Berlin}\nbudgets: [{of: key=search, daily_usd: 1}]\n")
    found = once(llmcost, "a.jsonl").stdout

    assert "data until 12:32:00" in found
    assert " budgets   key=search $1.00 of $1.00 100 %" in found
    assert "critical" not in found
    assert "firing key-budget/key=search since 12:35: key search spent $1.00 today" in found
