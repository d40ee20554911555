"""Logs that are written while they are read: a line is read once it is whole, and is never refused before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from llmcost.ingest import ingest
from llmcost.store import Store
from tests.test_ingest import record


@contextmanager
def appending(log: Path, first: int) -> Iterator[list[int]]:
    """Append records in two halves each, from a thread, for as long as the block lasts; gives how many there are."""
    stop, written = threading.Event(), [first]

    def write() -> None:
        with log.open("ab", buffering=0) as out:
            while not stop.is_set():
                line = record(written[0])
                out.write(line[:90])
                stop.wait(0.002)
                out.write(line[90:])
                written[0] += 1
                stop.wait(0.004)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("bad", [b"", b"oops\n"], ids=["good lines", "with a bad one"])
def test_while_somebody_appends_no_half_line_is_refused_and_none_is_lost(tmp_path: Path, bad: bytes) -> None:
    for attempt in range(6):
        log = tmp_path / f"{attempt}.jsonl"
        log.write_bytes(bad + b"".join(record(n) for n in range(5_000)))
        with Store() as store:
            with appending(log, 5_000) as written:
                summaries = [ingest(store, [str(log)]) for _ in range(3)]
            summaries.append(ingest(store, [str(log)]))

            assert [1] * len(bad.split()) == [reject.line for summary in summaries for reject in summary.rejects]
            assert [(written[0], written[0])] == store.rows("select count(*), count(distinct request_id) from requests")


def test_a_refused_half_line_leaves_the_rejects_when_it_is_whole(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    # behind a line that is no record, half a line cannot be told from another such
    log.write_bytes(record(1) + b"oops\n" + record(2)[:50])
    first = ingest(store, [str(log)])
    log.write_bytes(record(1) + b"oops\n" + record(2) + record(3))
    second = ingest(store, [str(log)])

    assert [2, 3] == [reject.line for reject in first.rejects]
    assert (second.new, second.rejected) == (2, 0)
    assert store.rows("select line from rejects") == [(2,)]
