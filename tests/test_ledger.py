"""Files that grow, rotate and are rewritten: what is new is read, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from llmcost.errors import InputError, UsageError
from llmcost.ingest import Options, ingest
from llmcost.store import Store
from tests.test_ingest import record


def ids(store: Store) -> list[str]:
    return [name for (name,) in store.rows("select request_id from requests order by 1")]


def test_a_half_written_last_line_waits_until_it_is_whole(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(record(1) + record(2)[:40])
    first = ingest(store, [str(log)])
    log.write_bytes(record(1) + record(2) + b"oops\n" + record(3))
    second = ingest(store, [str(log)])

    assert (first.new, first.rejected, first.unfinished) == (1, 0, [str(log.resolve())])
    assert (second.new, second.duplicates, second.unfinished) == (2, 0, [])
    # line 3 of the file, though line 2 of what was read now
    assert [reject.line for reject in second.rejects] == [3]


def test_appended_lines_are_read_and_the_others_not_again(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(record(1) + b"oops\n")
    ingest(store, [str(log)])
    with log.open("ab") as out:
        out.write(record(2))
    grown = ingest(store, [str(log)])

    assert (grown.new, grown.duplicates, grown.rejected) == (1, 0, 0)
    assert store.rows("select line from rejects") == [(2,)]


def test_a_rotated_log_adds_its_successors_lines(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "app.jsonl"
    log.write_bytes(record(1) + record(2))
    ingest(store, [str(tmp_path)])
    log.rename(tmp_path / "app.jsonl.1")
    log.write_bytes(record(3) + record(4))

    rotated = ingest(store, [str(tmp_path)])

    assert (rotated.new, rotated.duplicates) == (2, 2)
    assert ids(store) == ["call-1", "call-2", "call-3", "call-4"]


def test_a_rewritten_file_of_the_same_size_is_noticed(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(record(1))
    ingest(store, [str(log)])
    log.write_bytes(record(2))
    os.utime(log, ns=(1, 1))

    assert ingest(store, [str(log)]).new == 1


def embedding(tokens: int) -> bytes:
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return json.dumps({"object": "list", "model": "text-embedding-3-small", "usage": usage}).encode() + b"\n"


def test_equal_records_without_an_id_are_counted_when_their_file_grows(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "embeddings.jsonl"
    log.write_bytes(embedding(5) * 3)
    ingest(store, [str(log)])
    log.write_bytes(embedding(5) * 4 + embedding(6))
    ingest(store, [str(log)])

    assert store.rows("select input_tokens, count(*) from requests group by 1 order by 1") == [(5, 4), (6, 1)]


@pytest.mark.parametrize(("policy", "tokens"), [("last", 300), ("first", 100)])
def test_of_a_call_logged_twice_the_one_asked_for_stays(store: Store, tmp_path: Path, policy: str, tokens: int) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(record(1) + record(1, prompt_tokens=300, total_tokens=310))

    summary = ingest(store, [str(log)], options=Options(on_duplicate=policy))

    assert (summary.new, summary.duplicates) == (1, 1)
    assert store.value("select input_tokens from requests") == tokens


def test_a_call_logged_twice_can_be_an_error(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(record(1) + record(2) + record(1))

    with pytest.raises(InputError, match=r"2 records .* for example call-1"):
        ingest(store, [str(log)], options=Options(on_duplicate="error"))
    assert ids(store) == []


def test_links_are_followed_once_and_what_cannot_be_opened_is_skipped(store: Store, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "a.jsonl").write_bytes(record(1))
    (logs / "again.jsonl").symlink_to(logs / "a.jsonl")
    (logs / "round").symlink_to(logs, target_is_directory=True)
    (logs / "broken.jsonl").symlink_to(logs / "nowhere")
    (logs / "empty.jsonl").write_bytes(b"")

    summary = ingest(store, [str(logs)])

    assert (summary.new, summary.duplicates) == (1, 0)
    assert {
        "broken.jsonl": "a link that leads nowhere: No such file or directory",
        "empty.jsonl": "the file is empty",
    } == {Path(path).name: reason for path, reason in summary.skipped}


def test_a_time_without_a_zone_is_of_the_zone_that_is_named(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(
        record(1, startTime="2026-11-01 12:00:00", endTime="2026-11-01 12:00:01")
        + record(2, startTime="2026-11-01T12:00:00Z", endTime="2026-11-01T12:00:01Z")
    )

    ingest(store, [str(log)], options=Options(zone="Europe/Berlin"))

    # Berlin is an hour ahead of UTC in November; a Z says UTC whatever --tz says
    started = store.rows("select request_id, strftime(started_at, '%H:%M') from requests order by 1")
    assert started == [("call-1", "11:00"), ("call-2", "12:00")]
    with pytest.raises(UsageError, match="no such time zone"):
        ingest(store, [str(log)], options=Options(zone="Mars/Olympus"))


def test_a_file_that_is_rewritten_in_its_size_and_time_is_read_anew(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(b"".join(record(n) for n in range(1, 7)))
    times = log.stat()
    ingest(store, [str(log)])
    # a program that keeps size and time, as some that edit in place and copy do
    log.write_bytes(b"".join(record(n) for n in (1, 2, 8, 4, 5, 6)))
    os.utime(log, ns=(times.st_atime_ns, times.st_mtime_ns))

    ingest(store, [str(log)])
    again = ingest(store, [str(log)])

    assert ["call-1", "call-2", "call-4", "call-5", "call-6", "call-8"] == ids(store)
    assert (0, 1) == (again.new, again.unchanged)


def test_a_copy_of_a_log_that_an_older_store_knows_is_not_read_again(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(record(1) + record(2))
    ingest(store, [str(log)])
    # as stores of before have it: nothing is known of the time of the last change
    store.execute("update files set changed_ns = null")
    times = log.stat()
    (tmp_path / "copy").write_bytes(log.read_bytes())
    os.utime(tmp_path / "copy", ns=(times.st_atime_ns, times.st_mtime_ns))
    (tmp_path / "copy").replace(log)

    again = ingest(store, [str(log)])

    assert (0, 0, 1) == (again.new, again.duplicates, again.unchanged)
