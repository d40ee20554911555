"""Nothing surprises: each case is a file of `cases/surprises/`, shell commands as a user types them, and their answers.

A case is a YAML document: `says` states the law; `files` are written first (text, or `fixture: NAME`); `run` is a bash
script in that folder with `llmcost` on the PATH and `$FIXTURES`; `exit`, `stdout` and `stderr` (all of these texts),
`not` (none of these, on either) and `leaves` / `leaves_no` (files) are what must hold. `needs` names programs without
which it skips; `root` that it needs to be root; `mounts` that what it mounts is gone with it, however it ends.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import FIXTURES, ROOT
from tests.shelves import LOADER
from tests.warm import Warm

CASES = Path(__file__).parent / "cases" / "surprises"
KEYS = {"says", "files", "run", "exit", "stdout", "stderr", "not", "leaves", "leaves_no", "needs", "root", "mounts"}
# whatever happens, no user is shown these
NEVER = ("Traceback (most recent call last)", "a bug in llmcost")


def read_cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yaml")):
        for number, case in enumerate(yaml.load_all(file.read_text(encoding="utf-8"), LOADER), start=1):
            yield pytest.param(case, id=f"{file.stem}-{number}")


# what a script does to processes, or before Python starts: there the command is a process from the start
TO_PROCESSES = re.compile(
    r"\b(kill|timeout|ulimit|mount|setpriv|sudo|su|script|strace|wait|trap)\b|\$!|[<>]&-|/proc/"
    r"|\b(HOME|LANG|LC_|PYTHON|LD_)|tmux|/dev/fd|\b[3-9][<>]|[<>]\("
)


@pytest.fixture(scope="session")
def command_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `llmcost` alone in it, to stand first on the PATH."""
    return folder_with_command(tmp_path_factory.mktemp("bin"), f'"{sys.executable}" -m llmcost')


@pytest.fixture(scope="session")
def warm_folder(tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> Path:
    """The same of a command that a warm server runs."""
    client = ROOT / "tests" / "warm_client.py"
    return folder_with_command(tmp_path_factory.mktemp("warm"), f'"{sys.executable}" -IS "{client}" {warm.address}')


def folder_with_command(folder: Path, command: str) -> Path:
    script = folder / "llmcost"
    script.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return folder


@pytest.mark.parametrize("case", list(read_cases()))
def test_a_surprise_is_answered(case: dict[str, Any], tmp_path: Path, command_folder: Path, warm_folder: Path) -> None:
    assert set(case) <= KEYS, "a case has other keys than these"
    skip_without(case)
    write_files(tmp_path, case.get("files", {}))

    is_real = TO_PROCESSES.search(case["run"]) or case.get("mounts") or case.get("root")
    commands = command_folder if is_real else warm_folder
    done = run(case["run"], tmp_path, commands, has_mounts=case.get("mounts", False))

    told = f"{case['says']}\n--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}"
    assert case.get("exit", 0) == done.returncode, told
    for stream in ("stdout", "stderr"):
        missing = [text for text in case.get(stream, []) if text not in getattr(done, stream)]
        assert missing == [], told
    assert [text for text in (*NEVER, *case.get("not", [])) if text in done.stdout + done.stderr] == [], told
    assert [name for name in case.get("leaves", []) if not (tmp_path / name).exists()] == [], told
    assert [name for name in case.get("leaves_no", []) if (tmp_path / name).exists()] == [], told


def skip_without(case: dict[str, Any]) -> None:
    """Skip, with the reason, what this machine cannot try."""
    missing = [program for program in case.get("needs", []) if shutil.which(program) is None]
    if missing:
        pytest.skip(f"without {', '.join(missing)}")
    if case.get("root") and os.geteuid() != 0:
        pytest.skip("only root can try this")


def write_files(folder: Path, files: dict[str, Any]) -> None:
    """Write what a case is given: a text, or a fixture by its name."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict):
            shutil.copy(FIXTURES / content["fixture"], target)
        else:
            target.write_bytes(content if isinstance(content, bytes) else content.encode())


def run(script: str, folder: Path, command_folder: Path, *, has_mounts: bool) -> subprocess.CompletedProcess[str]:
    """Run a script as a user would, without what this user has set."""
    environment = {k: v for k, v in os.environ.items() if k not in ("LLMCOST_DB", "LLMCOST_DEBUG", "COLUMNS")}
    environment |= {"PATH": f"{command_folder}:{os.environ['PATH']}", "FIXTURES": str(FIXTURES)}
    return subprocess.run(
        [*(("unshare", "-m") if has_mounts else ()), "bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        errors="replace",
    )
