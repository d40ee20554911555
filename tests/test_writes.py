"""Every command that writes: where it cannot be written, what was there is left, and nothing beside it."""

from __future__ import annotations

import json
import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from llmcost.cli.app import app
from llmcost.cli.files import whole_file
from llmcost.cli.output import write_bytes
from llmcost.cli.overwriting import OUTPUTS
from llmcost.errors import Exit, OutputError
from llmcost.pricing import shipped_book_path
from tests.conftest import FIXTURES, ROOT

SUITES = ROOT / "tests" / "suites"
LOG = FIXTURES / "litellm.jsonl"
# of no command with an output so little
SMALL = 60
# each writes `out`, of the log and the suites in its folder
COMMANDS = {
    "doctor": "log.jsonl -f json -o out",
    "report": "log.jsonl -f html -o out",
    "whatif": "log.jsonl --map gpt-4o=gpt-4o-mini -f parquet -o out",
    "why": "log.jsonl -f csv -o out",
    "reconcile": "log.jsonl -o out",
    "detect": "retries log.jsonl -f json -o out",
    "savings": "log.jsonl -f csv -o out",
    "sample": "bodies.jsonl -f json -o out",
    "verify": "old.jsonl new.jsonl -f md -o out",
    "show": "ID log.jsonl -o out",
    "sql": "'from requests' log.jsonl -f tsv -o out",
    "check": "after.jsonl --against before.jsonl -f json --write junit=out",
    "baseline create": "before.jsonl --force -o out",
    "baseline accept": "after.jsonl --reason later -o out",
    "baseline show": "base.json -o out",
    "pricing list": "-f jsonl -o out",
    "pricing show": "gpt-4o -o out",
    "pricing check": "-f json -o out",
    "pricing diff": "book.yaml -f json -o out",
    "pricing update": "--from book.yaml --to out --yes",
    "pricing missing": "log.jsonl --write-stub out",
    "pricing explain": "ID log.jsonl -f json -o out",
    "export focus": "log.jsonl -o out",
    "export requests": "log.jsonl -o out --force",
    "export daily": "log.jsonl -o out --force",
    "export prometheus": "log.jsonl --since 2020-01-01 -o out",
    "alerts list": "--db store.duckdb -f json -o out",
    "alerts show": "latency --db store.duckdb -f json -o out",
    "alerts backtest": "log.jsonl -o out",
    "throttle list": "--db store.duckdb -f json -o out",
    "throttle log": "--db store.duckdb -f json -o out",
    "demo": "out --scale 0.001 --force",
}
FOLDERS = {"export requests", "export daily", "demo"}
# writes where nothing is, and nowhere else
ONLY_NEW = {"pricing missing"}
# what it changes is what it reads
KEPT = {
    "baseline accept": "base.json",
    "pricing update": "own.yaml",
}
BOOK = """\
format: llmcost-pricing/1
models:
  - {provider: openai, model: gpt-new, prices: [{input: 1, output: 2}]}
"""


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands read, in a folder to be copied."""
    folder = tmp_path_factory.mktemp("given")
    shutil.copy(LOG, folder / "log.jsonl")
    shutil.copy(FIXTURES / "openai.jsonl", folder / "bodies.jsonl")
    for suite in SUITES.iterdir():
        shutil.copy(suite, folder)
    lines = "".join(f'{{"request_id": "{at}", "output": "{at}"}}\n' for at in range(20))
    (folder / "old.jsonl").write_text(lines)
    (folder / "new.jsonl").write_text(lines.replace('"output": "7"', '"output": "8"'))
    (folder / "book.yaml").write_text(BOOK)
    (folder / "own.yaml").write_text(BOOK.replace("gpt-new", "gpt-own"))
    assert 0 == run("ingest log.jsonl --db store.duckdb", folder).returncode
    assert 0 == run("baseline create before.jsonl -o base.json", folder).returncode
    return folder


def run(command: str, folder: Path, before: Callable[[], object] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; `before` is called in its process first."""
    words = [first_id() if word == "ID" else word for word in shlex.split(command)]
    environment = {name: value for name, value in os.environ.items() if name not in ("LLMCOST_DB", "COLUMNS")}
    # on a full disk Python would keep half of a module's bytecode, and read it later
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return subprocess.run(
        [sys.executable, "-m", "llmcost", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        preexec_fn=before,
    )


def first_id() -> str:
    """Give the id of a request of the log."""
    return str(json.loads(LOG.read_text().splitlines()[0])["id"])


def small_files() -> None:
    """Let no file grow beyond SMALL bytes, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))


def everything(folder: Path) -> dict[str, bytes | None]:
    """Read all that is below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))}


def commands_with_outputs() -> Iterator[str]:
    """Name the commands that have an option, or an argument, for what they write."""

    def walk(command: Any, name: str) -> Iterator[str]:
        for part, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, f"{name} {part}".strip())
        names = {param.name for param in getattr(command, "params", ())}
        if not hasattr(command, "commands") and names & {*OUTPUTS, "to", "folder"}:
            yield name

    return walk(app, "")


def test_every_command_that_writes_is_tried_here() -> None:
    assert set(COMMANDS) == set(commands_with_outputs())


@pytest.mark.parametrize("name", COMMANDS)
def test_what_cannot_be_written_leaves_what_was_there(name: str, given: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(given, tmp_path / "folder")
    if name in KEPT:
        shutil.copy(folder / KEPT[name], folder / "out")
    elif name not in FOLDERS | ONLY_NEW:
        (folder / "out").write_text("old")
    before = everything(folder)

    done = run(f"{name} {COMMANDS[name]}", folder, small_files)

    assert Exit.UNUSABLE == done.returncode, done.stderr
    assert "cannot be written: File too large" in done.stderr
    assert "hint: " in done.stderr
    assert before == everything(folder)


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_a_folder_that_cannot_be_replaced_stays(name: str, given: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(given, tmp_path / "folder")
    assert 0 == run(f"{name} {COMMANDS[name]}", folder).returncode
    before = everything(folder)

    done = run(f"{name} {COMMANDS[name]}", folder, small_files)

    assert Exit.UNUSABLE == done.returncode, done.stderr
    assert before == everything(folder)


def test_a_full_disk_leaves_what_was_there(given: Path, tmp_path: Path) -> None:
    place = tmp_path / "full"
    place.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("only root may make a disk that is small")
    try:
        (place / "out").write_text("old")
        done = run(f"pricing list -f jsonl -o {place / 'out'}", given)

        assert Exit.UNUSABLE == done.returncode
        assert f"{place}/out: cannot be written: No space left on device" in done.stderr
        assert {"out": b"old"} == everything(place)
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_an_interrupt_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_bytes(pieces(), tmp_path / "out")

    assert {"out": b"old"} == everything(tmp_path)


def test_a_command_that_is_interrupted_leaves_what_was_there(given: Path, tmp_path: Path) -> None:
    """Ctrl-C at many moments, the last of them after its end."""
    folder = shutil.copytree(given, tmp_path / "folder")
    whole = run("pricing list -f json -o new", folder)
    new = (folder / "new").read_bytes()
    (folder / "new").unlink()
    for wait in (0.3, 0.6, 0.9, 1.2, 1.5):
        (folder / "out").write_text("old")
        with subprocess.Popen(
            [sys.executable, "-m", "llmcost", "pricing", "list", "-f", "json", "-o", "out"],
            cwd=folder,
            stderr=subprocess.DEVNULL,
        ) as started:
            time.sleep(wait)
            started.send_signal(signal.SIGINT)
        assert (folder / "out").read_bytes() in (b"old", new)
        assert [] == [path.name for path in folder.iterdir() if path.suffix == ".part"]

    assert 0 == whole.returncode


def test_a_directory_and_a_missing_folder_are_wrong_places(given: Path) -> None:
    for place in ("nosuch/out", "."):
        done = run(f"pricing show gpt-4o -o {place}", given)

        assert Exit.USAGE == done.returncode
        assert f"{place}: cannot be written" in done.stderr


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    place = tmp_path / ("é" * 127)
    write_bytes([b"text"], place)

    assert b"text" == place.read_bytes()


def test_an_error_while_writing_is_an_errors_own(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), whole_file(tmp_path / "out"):
        _ = 1 / 0

    assert {} == everything(tmp_path)


def test_a_device_that_takes_nothing_is_full() -> None:
    with pytest.raises(OutputError, match="/dev/full: cannot be written: No space left on device"):
        write_bytes([b"text"], Path("/dev/full"))


def test_the_shipped_book_is_not_written_over_by_a_table(given: Path) -> None:
    before = shipped_book_path().read_bytes()
    done = run(f"pricing show gpt-4o -o {shipped_book_path()}", given)

    assert Exit.USAGE == done.returncode
    assert before == shipped_book_path().read_bytes()
