"""A folder of good logs with any odd file beside them gives the requests of the good logs alone."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmcost.errors import InputError
from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import FIXTURES, Run
from tests.zoo import FILES, GOOD, IN_FOLDERS, NAMES, device


@pytest.fixture(scope="module")
def expected() -> list[tuple[object, ...]]:
    with Store() as store:
        ingest(store, [str(FIXTURES / "litellm.jsonl")])
        return requests_of(store)


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Iterator[None]:
    """Remove what was made: pytest calls itself once a folder when it clears up, and here are folders 1,500 deep."""
    yield
    subprocess.run(["rm", "-rf", tmp_path / "odd"], check=True)


def requests_of(store: Store) -> list[tuple[object, ...]]:
    """Read what tells requests: not the hashes, which have a key of their store."""
    names = [name for name, *_ in store.rows("describe requests") if "hash" not in name and name != "file_id"]
    return store.rows(f"select {', '.join(names)} from requests order by all")


def beside_good_ones(folder: Path) -> Path:
    """Make a folder with a good log before and behind what will be put into it."""
    for name in ("0.jsonl", "~.jsonl"):
        (folder / name).write_bytes(GOOD)
        os.utime(folder / name, ns=(0, 0))
    return folder


@pytest.mark.parametrize("name", [*FILES, *IN_FOLDERS])
def test_an_odd_file_in_a_folder_costs_no_request(
    store: Store, tmp_path: Path, expected: list[tuple[object, ...]], name: str
) -> None:
    (FILES | IN_FOLDERS)[name](beside_good_ones(tmp_path) / "odd")

    summary = ingest(store, [str(tmp_path)])

    assert expected == requests_of(store)
    assert ({"litellm": 2}, []) == (dict(summary.formats), summary.refused)


@pytest.mark.parametrize("name", FILES)
def test_an_odd_file_that_is_named_is_refused_and_the_others_are_read(
    store: Store, tmp_path: Path, expected: list[tuple[object, ...]], name: str
) -> None:
    beside_good_ones(tmp_path)
    FILES[name](tmp_path / "odd")

    summary = ingest(store, [str(tmp_path / at) for at in ("0.jsonl", "odd", "~.jsonl")])

    assert expected == requests_of(store)
    assert ([], 1) == (summary.skipped, len(summary.refused))
    assert "xxx" not in summary.refused[0].message


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_whatever_its_bytes(
    store: Store, tmp_path: Path, expected: list[tuple[object, ...]], name: str
) -> None:
    log = os.fsencode(tmp_path) + b"/" + NAMES[name]
    with open(log, "wb") as file:  # noqa: PTH123
        file.write(GOOD)

    read = ingest(store, [str(tmp_path)])
    again = ingest(store, [os.fsdecode(log)])
    with open(log, "ab") as file:  # noqa: PTH123
        file.write(GOOD.splitlines(keepends=True)[0] + b"oops\n")
    grown = ingest(store, [str(tmp_path)])

    assert (34, 1, 1) == (read.new, again.unchanged, grown.files)
    assert [35 + 1] == [reject.line for reject in grown.rejects]
    assert expected == requests_of(store)
    assert all(path.isprintable() or path.encode() for (path,) in store.rows("select path from files"))


class Removing:
    """Removes a file between its recognition and its reading, as log rotation does."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def start(self, total_bytes: int) -> None:
        self._log.unlink()

    def begin(self, batch_bytes: int) -> None:
        """Nothing more."""

    def advance(self, read_bytes: int, rows: int) -> None:
        """Nothing more."""


@pytest.mark.parametrize("shape", ["lines", "list"])
@pytest.mark.parametrize("is_named", [False, True])
def test_a_file_that_vanishes_before_it_is_read_is_set_aside(
    store: Store, tmp_path: Path, expected: list[tuple[object, ...]], shape: str, is_named: bool
) -> None:
    beside_good_ones(tmp_path)
    gone = tmp_path / "gone"
    gone.write_bytes(GOOD if shape == "lines" else b"[" + b",".join(GOOD.splitlines()) + b"]")
    paths = [str(path) for path in (tmp_path / "0.jsonl", gone)] if is_named else [str(tmp_path)]

    summary = ingest(store, paths, progress=Removing(gone))

    assert expected == requests_of(store)
    assert (is_named, not is_named) == (len(summary.refused) == 1, len(summary.skipped) == 1)


def test_a_named_pipe_is_read_like_standard_input(
    store: Store, tmp_path: Path, expected: list[tuple[object, ...]]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(GOOD))
    writer.start()

    ingest(store, [str(pipe)])

    writer.join()
    assert expected == requests_of(store)
    assert str(pipe) == store.value("select path from files")


def test_where_nothing_can_be_read_each_named_file_is_told(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    (tmp_path / "b").write_bytes(bytes(100))

    with pytest.raises(InputError, match="2 of the files") as error:
        ingest(store, [str(tmp_path / "a"), str(tmp_path / "b")])

    assert all(text in error.value.message for text in ("a: the file is empty", "b: a binary file"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_in_a_folder_is_not_opened(store: Store, tmp_path: Path, expected: list[tuple[object, ...]]) -> None:
    try:
        device(beside_good_ones(tmp_path) / "odd")
    except PermissionError:
        pytest.skip("not even root makes devices here")

    summary = ingest(store, [str(tmp_path)])

    assert expected == requests_of(store)
    assert ["a device, not a file"] == [reason for _, reason in summary.skipped]


def test_a_whole_zoo_is_named_after_the_others_are_in(llmcost: Run, tmp_path: Path) -> None:
    small = {name: make for name, make in FILES.items() if "bomb" not in name and "40 MB" not in name}
    make_zoo(tmp_path / "zoo", small)

    named = llmcost("ingest", "zoo/0.jsonl", *sorted((tmp_path / "zoo").glob("odd*")), env={"LLMCOST_DB": "a.duckdb"})
    within = llmcost("report", "zoo")

    assert (3, 0) == (named.returncode, within.returncode), named.stderr + within.stderr
    assert "34 new, 0 duplicate, 0 rejected" in named.stdout
    assert len(small) == named.stderr.count("error: ")
    assert "a bug in llmcost" not in named.stderr + within.stderr


def make_zoo(folder: Path, made: dict[str, Callable[[Path], None]]) -> None:
    """Make odd files in one folder with good ones."""
    folder.mkdir()
    beside_good_ones(folder)
    for number, make in enumerate(made.values()):
        make(folder / f"odd{number}")
