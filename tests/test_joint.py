"""Small files that are read together come out as each alone: the same rows, rejects and ledger, whatever is in them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcost.ingest import Options, ingest, joint
from llmcost.store import Store
from tests.logs import Record

# what a line of a log may be, beside a sound record
ODD = [
    "",
    "  ",
    "{}",
    "[]",
    "not JSON",
    '{"llmcost": 1}',
    ' {"llmcost": 1, "request_id": "indented", "input_tokens": 1}',
]
NUMBERS = st.integers(0, 40)
FILES = st.lists(st.lists(st.one_of(NUMBERS, NUMBERS, st.sampled_from(ODD)), max_size=4), min_size=1, max_size=9)


def record(number: int) -> Record:
    return {
        "llmcost": 1,
        "request_id": f"r{number}",
        "started_at": f"2026-03-02T12:00:{number:02}Z",
        "provider_name": "openai",
        "request_model": "gpt-4o",
        "input_tokens": 1000 + number,
        "output_tokens": 10,
    }


def text_of(lines: list[int | str], end: str) -> bytes:
    texts = [line if isinstance(line, str) else json.dumps(record(line)) for line in lines]
    # a file of odd lines alone is no log
    return (json.dumps(record(50)) + end + end.join(texts) + (end if len(texts) % 2 else "")).encode()


def outcome(folder: Path, **options: Any) -> list[Any]:
    """What a store holds of a folder of logs."""
    with Store() as store:
        ingest(store, [str(folder)], options=Options(**options))
        return [
            store.rows(
                "select requests.* exclude (file_id), files.path from requests join files using (file_id) order by all"
            ),
            store.rows("select files.path, line, reason, excerpt from rejects join files using (file_id) order by all"),
            store.rows("select * exclude (ingested_at, file_id) from files order by path"),
        ]


@pytest.fixture
def each_alone() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@settings(deadline=None, max_examples=12)
@given(files=FILES, end=st.sampled_from(["\n", "\r\n"]), first=st.booleans(), small=st.sampled_from([300, 700, 10**6]))
def test_files_together_are_as_each_alone(files: list[list[int | str]], end: str, first: bool, small: int) -> None:
    duplicate = "first" if first else "last"
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for number, lines in enumerate(files):
            Path(folder, f"{number}.jsonl").write_bytes(text_of(lines, end))
        patch.setattr(joint, "SMALL_BYTES", -1)
        alone = outcome(Path(folder), on_duplicate=duplicate)
        patch.setattr(joint, "SMALL_BYTES", small)

        assert alone == outcome(Path(folder), on_duplicate=duplicate)


def test_archives_are_read_together_as_well(tmp_path: Path, each_alone: pytest.MonkeyPatch) -> None:
    for number in range(4):
        (tmp_path / f"{number}.json.gz").write_bytes(gzip.compress(text_of([number], "\n")))
    together = outcome(tmp_path)
    each_alone.setattr(joint, "SMALL_BYTES", -1)

    assert 5 == len(together[0])
    assert outcome(tmp_path) == together


def test_one_of_many_small_files_that_is_broken_costs_the_others_nothing(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}.jsonl").write_bytes(text_of([number], "\n"))
    broken = tmp_path / "17.jsonl"
    broken.write_bytes(text_of([17], "\n") + b'{"llmcost": 1, "request_id": "half\n')
    requests, rejects, files = outcome(tmp_path)

    assert (31, 30) == (len(requests), len(files))
    assert [(str(broken), 3)] == [reject[:2] for reject in rejects]


def test_copies_are_gone_when_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    (tmp_path / "logs").mkdir()
    for number in range(3):
        (tmp_path / "logs" / f"{number}.jsonl").write_bytes(text_of([number], "\n"))
    outcome(tmp_path / "logs")

    assert [] == list(scratch.iterdir())
