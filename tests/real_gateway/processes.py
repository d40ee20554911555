"""Programs that run while they are needed, on a port that is free, with what they write in a file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 20.0


def free_port() -> int:
    """Find a port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def process(
    words: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None, user: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program, and end it and all that it started."""
    with log.open("wb") as file:
        running = subprocess.Popen(
            [str(word) for word in words],
            cwd=log.parent,
            env=dict(environment or os.environ),
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            user=user,
        )
    try:
        yield running
    finally:
        end(running)


def end(running: subprocess.Popen[bytes]) -> None:
    """End it as its service manager would, and kill what is left."""
    running.terminate()
    with suppress(subprocess.TimeoutExpired):
        running.wait(PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def wait_until(is_ready: Callable[[], bool], seconds: float, log: Path) -> None:
    """Wait until it is so; what was written meanwhile tells why it is not."""
    end_at = time.monotonic() + seconds
    while time.monotonic() < end_at:
        with suppress(OSError, ValueError):
            if is_ready():
                return
        time.sleep(0.2)
    raise AssertionError(f"not ready after {seconds:.0f} s:\n" + log.read_text(errors="replace")[-3000:])
