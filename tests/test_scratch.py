"""What a killed process left in the temporary folder goes at the next start, and nothing else does."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from llmcost.ingest.scratch import scratch_folder

HOLD = (
    "import sys, pathlib; from llmcost.ingest.scratch import scratch_folder\n"
    "with scratch_folder() as folder:\n"
    "    pathlib.Path(folder, 'copy.jsonl').write_text('a prompt'); print(folder, flush=True); sys.stdin.read()"
)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of one's own, here and in child processes."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def holding(*, kill: bool) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    folder = Path(process.stdout.readline().strip())
    if kill:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    return process, folder


def test_a_killed_process_leaves_its_copies_only_until_the_next_start(temporary: Path) -> None:
    dead, left = holding(kill=True)
    dead.communicate()
    assert (left / "copy.jsonl").exists()
    with scratch_folder() as folder:
        assert [Path(folder)] == list(temporary.iterdir())
        assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700
    assert list(temporary.iterdir()) == []


def test_a_living_process_keeps_its_folder(temporary: Path) -> None:
    living, held = holding(kill=False)
    with scratch_folder():
        assert (held / "copy.jsonl").read_text() == "a prompt"
    living.communicate("")
    assert list(temporary.iterdir()) == []


def test_what_is_not_beyond_doubt_a_dead_process_s_stays(temporary: Path) -> None:
    others = temporary / "elsewhere"
    others.mkdir()
    (others / "lock").touch()
    (temporary / "llmcost-link").symlink_to(others)
    (temporary / "llmcost-without-lock").mkdir()
    (temporary / "llmcost-file").touch()
    linked = temporary / "llmcost-linked-lock"
    linked.mkdir()
    (linked / "lock").symlink_to(others / "lock")
    before = sorted(temporary.rglob("*"))

    with scratch_folder():
        pass

    assert before == sorted(temporary.rglob("*"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's folder")
def test_another_users_folder_stays(temporary: Path) -> None:
    folder = temporary / "llmcost-other"
    folder.mkdir()
    (folder / "lock").touch()
    os.chown(folder, 65534, 65534)

    with scratch_folder():
        pass

    assert (folder / "lock").exists()
