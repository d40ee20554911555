"""Commands as processes of their own that need not import the program anew: a server imports it once and forks.

It has read the shelves and the shipped price book as well.

What Python reads when it starts cannot be had so: a command with such variables of its own is a process from the start.
"""

from __future__ import annotations

import atexit
import gc
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from llmcost.pricing import load_book, shipped_book_path

PROGRAM = [sys.executable, "-m", "llmcost"]
READ_AT_START = ("PYTHON", "LC_", "LANG", "HOME", "LD_")
# what commands import, so that none of them has to
SHELVES = [("detect.detector", "detectors"), ("detect.findings", "summaries"), ("report.query", "queries")]
SHELVES += [
    ("report.view", "views"),
    ("ingest.format", "formats"),
    ("store.shape", "shape"),
    ("export.focus", "exports"),
]
IMPORTED = ["duckdb", "pyarrow", "rich.console", "llmcost.cli.app"]
ROOMS = [
    "report.run",
    "report.page",
    "ingest.run",
    "pricing.models",
    "pricing.explain",
    "waste.detect",
    "waste.savings",
]
ROOMS += ["check.run", "check.baseline", "show.run", "sql.run", "export.run", "export.prometheus"]
IMPORTED += [f"llmcost.cli.{room}" for room in ROOMS]


class Warm:
    """A server for one process of tests, and its client."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="warm")
        self.address = f"{self.folder.name}/socket"
        self.server = subprocess.Popen([sys.executable, "-m", "tests.warm", self.address], stdin=subprocess.PIPE)
        while not Path(self.address).exists() and self.server.poll() is None:
            time.sleep(0.02)

    def run(
        self, args: list[str], cwd: Path, env: dict[str, str], input: str | None, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, and give what it wrote. Raises TimeoutError, and ends it, after so many seconds."""
        with tempfile.TemporaryDirectory(prefix="streams") as streams, socket.socket(socket.AF_UNIX) as line:
            files = [f"{streams}/{number}" for number in range(3)]
            Path(files[0]).write_text(input or "", encoding="utf-8")
            line.settimeout(timeout)
            line.connect(self.address)
            line.sendall(json.dumps({"args": args, "cwd": str(cwd), "env": env, "files": files}).encode() + b"\n")
            with line.makefile() as answers:
                pid = int(answers.readline())
                try:
                    code = int(answers.readline())
                except TimeoutError:
                    os.kill(pid, signal.SIGKILL)
                    raise
            out, err = (Path(name).read_text(encoding="utf-8") for name in files[1:])
        return subprocess.CompletedProcess([*PROGRAM, *args], code, out, err)

    def close(self) -> None:
        """End the server."""
        if self.server.stdin:
            self.server.stdin.close()
        self.server.wait()
        self.folder.cleanup()


def serve(address: str) -> None:
    """Fork for each connection, until the process of tests is gone."""
    for name in IMPORTED:
        import_module(name)
    for name, shelf in SHELVES:
        getattr(import_module(f"llmcost.{name}"), shelf)()
    load_book([shipped_book_path()])
    dict(import_module("llmcost.cli.app").app.commands)
    # as many commands run at once as there are cores
    import_module("llmcost.store.connect").ALONE["threads"] = "1"
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        while True:
            line, _ = server.accept()
            if os.fork() == 0:
                server.close()
                answer(line)
            line.close()


def answer(line: socket.socket) -> NoReturn:
    """Fork the command, and tell who it is and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # a client's streams come before its words, see warm_client.py
    first, streams, _, _ = socket.recv_fds(line, 1, 3)
    with line, line.makefile("rw") as told:
        wanted = json.loads(first.replace(b"+", b"").decode() + told.readline())
        wanted["streams"] = streams
        pid = os.fork()
        if pid == 0:
            line.close()
            command(wanted)
        print(pid, file=told, flush=True)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(code, file=told, flush=True)
    os._exit(0)


def command(wanted: dict[str, Any]) -> NoReturn:
    """Be the command."""
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["env"])
    time.tzset()
    flags = (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT] * 2)
    opened = [os.open(name, flag, 0o600) for name, flag in zip(wanted.get("files", ()), flags, strict=False)]
    os.umask(wanted.get("umask", os.umask(0)))
    for number, stream in enumerate(opened or wanted["streams"]):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "wb", closefd=False), "utf-8", "backslashreplace", write_through=True)
    import llmcost.cli

    sys.argv = [llmcost.cli.__file__.replace("cli/__init__", "__main__"), *wanted["args"]]
    code = 0
    try:
        llmcost.cli.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
