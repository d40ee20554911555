"""What tests share: where the fixtures and the samples are, a store in memory, the command as a user runs it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmcost.alerts.state import Memory
from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book, shipped_book_path
from llmcost.store import Store
from tests.logs import write
from tests.receivers import Receiver, receiving
from tests.warm import PROGRAM, READ_AT_START, Warm

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
# the logs that reports and prices are shown with
FIRST = [FIXTURES / f"{name}.jsonl" for name in ("litellm", "litellm_spend_logs", "openai", "anthropic")]
CASES = ROOT / "tests" / "cases"
# records as they are written out there, key for key; only ids and texts are invented
SAMPLES = ROOT / "tests" / "samples"
# files of tests that take half a minute or more on two idle cores: laws, sweeps over all commands, other libraries
SLOW = {
    f"test_{name}"
    for name in (
        *("action", "alerts", "alert_crash", "alert_history", "alert_rollup_law", "alert_simulation", "blocks"),
        *(
            "calibration_planted",
            "check_comment",
            "check_power",
            "check_simulation",
            "completion",
            "counts",
            "crash",
            "detect_command",
        ),
        *("detector_laws", "detector_oracles", "export_files", "extremes_law", "hostile_stores", "html_browser"),
        *("huge_law", "living_logs", "mcp", "messy", "prometheus", "public_shapes", "serve", "serve_browser", "show"),
        *("sql_command", "stamp_session", "surprises", "trial", "view_oracles", "watch_command", "writes", "zoo"),
    )
}
Completed = subprocess.CompletedProcess[str]
Run = Callable[..., Completed]


def pytest_configure() -> None:
    """Let what is started here hear a Ctrl-C: a shell starts what it puts into the background deaf to it.

    And keep what pytest makes of tests, whatever commands under test are to leave of themselves.
    """
    sys.dont_write_bytecode = False
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow files, so that none of them is the last, beside which the other cores have nothing to do."""
    for item in items:
        if item.path.stem in SLOW:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.path.stem not in SLOW)


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as opened:
        yield opened


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Path:
    """Ingest all fixtures once: every format, tier, batch, cache, modality and failure that there is."""

    def fill(folder: Path) -> None:
        with Store(folder / "store.duckdb") as opened:
            ingest(opened, [str(FIXTURES)])

    return made_once(tmp_path_factory, f"ingested-{testrun_uid}", fill) / "store.duckdb"


def made_once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], None]) -> Path:
    """Give a folder that is filled once for all tests side by side, which only read it."""
    folder = factory.getbasetemp()
    # a worker's is within the run's
    path = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / name
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.with_suffix(".done").exists():
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()
            fill(path)
            path.with_suffix(".done").touch()
    return path


@pytest.fixture(scope="session")
def said(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Path:
    """Ingest all fixtures with a secret for everything that somebody said."""
    from tests.spoken import fill

    return made_once(tmp_path_factory, f"said-{testrun_uid}", fill) / "store.duckdb"


@pytest.fixture
def full(ingested: Path, tmp_path: Path) -> Iterator[Store]:
    """A store of all fixtures, to do with as one likes."""
    with Store(shutil.copy(ingested, tmp_path / "full.duckdb")) as opened:
        yield opened


@pytest.fixture(scope="session")
def book() -> Book:
    return load_book([shipped_book_path()])


@pytest.fixture
def small_book(request: pytest.FixtureRequest, tmp_path: Path) -> Book:
    """The price book that a file of tests writes down as BOOK."""
    return load_book([write(tmp_path / "book.yaml", request.module.BOOK)])


@pytest.fixture(scope="session")
def first_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the FIRST logs, to read."""
    path = tmp_path_factory.mktemp("first") / "store.duckdb"
    with Store(path) as opened:
        ingest(opened, [str(file) for file in FIRST])
    return path


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Whoever gets messages: a server on loopback that keeps what comes."""
    with receiving() as found:
        yield found


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """What alerts remember, in a file of its own."""
    with Memory(tmp_path / "alerts.sqlite") as opened:
        yield opened


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    server = Warm()
    yield server
    server.close()


@pytest.fixture
def llmcost(tmp_path: Path, warm: Warm) -> Run:
    """Run the command in an empty folder, its output captured as text."""

    def run(
        *args: str | Path, env: dict[str, str] | None = None, input: str | None = None, cwd: Path = tmp_path
    ) -> Completed:
        words, more = [str(arg) for arg in args], env or {}
        environment = {k: v for k, v in os.environ.items() if k not in ("LLMCOST_DB", "COLUMNS")} | more
        if not any(name.startswith(READ_AT_START) for name in more):
            return warm.run(words, cwd, environment, input, timeout=120)
        return subprocess.run(
            [*PROGRAM, *words], cwd=cwd, env=environment, input=input, capture_output=True, text=True, timeout=120
        )

    return run
