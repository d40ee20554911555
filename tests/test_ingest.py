"""What ingest promises: nothing lost, nothing twice, every bad line named."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcost.errors import FormatError, InputError
from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import FIXTURES, Run


def record(number: int, **changes: object) -> bytes:
    fields = {
        "id": f"call-{number}",
        "call_type": "acompletion",
        "status": "success",
        "startTime": 1793520000 + number,
        "endTime": 1793520001 + number,
        "custom_llm_provider": "openai",
        "model": "gpt-4o-mini",
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "total_tokens": 110,
        "response_cost": 0.000021,
    }
    return json.dumps({**fields, **changes}).encode() + b"\n"


def test_seven_broken_lines_of_a_thousand_are_named_and_the_others_kept(store: Store, tmp_path: Path) -> None:
    lines = [record(n) for n in range(1, 1001)]
    broken = {
        101: (record(101)[:40] + b"\n", "cut off"),
        202: (record(202).replace(b"call-202", b"call-\xff\xfe"), "invalid UTF-8"),
        303: (record(303).replace(b"call-303", b"call\x00303"), "NUL"),
        404: (b"[1,2]\n", "a JSON list"),
        505: (b"{}\n", "an empty object"),
        606: (record(606, padding="x" * 40_000_000), "longer than 32 MB"),
        707: (record(707, prompt_tokens="many", startTime=True), "is"),
    }
    for number, (line, _) in broken.items():
        lines[number - 1] = line
    log = tmp_path / "dirty.jsonl"
    log.write_bytes(b"".join(lines))

    summary = ingest(store, [str(log)])

    assert (summary.new, summary.duplicates, summary.rejected) == (993, 0, 7)
    assert [(str(log.resolve()), n) for n in sorted(broken)] == [(r.path, r.line) for r in summary.rejects]
    for (number, (_, word)), reject in zip(sorted(broken.items()), summary.rejects, strict=True):
        assert word in reject.reason, number
    assert summary.rejected == store.value("select count(*) from rejects")


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        (12, 12),
        ("12", 12),
        (12.0, 12),
        (None, None),
        (12.5, "rejected"),
        (True, "rejected"),
        (1e30, "rejected"),
        ("1,200", "rejected"),
        ("abc", "rejected"),
        (-1, "rejected"),
        ({}, "rejected"),
        ([12], "rejected"),
        ("", "rejected"),
    ],
)
def test_a_token_count_is_whole_or_the_line_is_rejected(
    store: Store, tmp_path: Path, value: object, becomes: object
) -> None:
    log = tmp_path / "drift.jsonl"
    usage = {"prompt_tokens_details": {"cached_tokens": value}}
    log.write_bytes(record(1) + record(2, metadata={"usage_object": usage}))

    summary = ingest(store, [str(log)])

    found = dict(store.rows("select request_id, cache_read_input_tokens from requests"))
    assert becomes == ("rejected" if [reject.line for reject in summary.rejects] == [2] else found["call-2"])
    assert "call-1" in found


def test_reasons_never_quote_the_log(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "secret.jsonl"
    log.write_bytes(record(1) + record(2, prompt_tokens="my secret prompt") + b'{"my secret": prompt}\n')

    summary = ingest(store, [str(log)])

    assert summary.rejected == 2
    assert not [r for r in summary.rejects if "secret" in r.reason + r.excerpt]


def test_blank_lines_bom_and_windows_line_ends_are_no_errors_and_count_as_lines(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "windows.jsonl"
    log.write_bytes(b"\xef\xbb\xbf" + record(1).replace(b"\n", b"\r\n") + b"\r\n\n" + b"oops\n" + record(2).rstrip())

    summary = ingest(store, [str(log)])

    assert (summary.new, [reject.line for reject in summary.rejects]) == (2, [4])


def test_the_same_command_twice_adds_nothing(full: Store) -> None:
    files = full.value("select count(*) from files")
    again = ingest(full, [str(FIXTURES)])

    assert (again.new, again.duplicates, again.files, again.unchanged) == (0, 0, 0, files)


def test_the_same_content_under_another_name_adds_nothing(full: Store, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    # to look for bad lines takes long, and says nothing here
    sound = full.rows("select path from files where file_id not in (select file_id from rejects) order by path")
    for number, (path,) in enumerate(sound):
        content, name = Path(path).read_bytes(), Path(path).name
        copy = copies / (f"zipped-{name}" if number % 2 else f"copy-{name}")
        copy.write_bytes(gzip.compress(content) if number % 2 else content)
    requests = full.value("select count(*) from requests")

    summary = ingest(full, [str(copies)])

    assert (summary.new, summary.files, summary.duplicates > 200) == (0, len(sound), True)
    assert requests == full.value("select count(*) from requests")


def test_a_grown_file_adds_its_new_lines_alone(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(record(1) + b"half a li")
    first = ingest(store, [str(log)])
    log.write_bytes(record(1) + record(2))
    second = ingest(store, [str(log)])

    assert (first.new, first.rejected) == (1, 1)
    assert (second.new, second.duplicates, second.rejected) == (1, 1, 0)
    assert store.value("select count(*) from rejects") == 0


def test_of_one_call_logged_twice_the_complete_record_stays(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    done, begun = record(1, completion_tokens=900), record(1, completion_tokens=0, prompt_tokens=0)
    log.write_bytes(done + begun)

    ingest(store, [str(log)])

    assert store.rows("select output_tokens, usage_source from requests") == [(900, "provider")]


@pytest.mark.parametrize("kind", ["gz", "zst", "unnamed-gz", "parquet"])
def test_compressed_files_and_parquet_are_the_same_requests(store: Store, tmp_path: Path, kind: str) -> None:
    plain = (FIXTURES / "litellm.jsonl").read_bytes()
    target = tmp_path / f"log.{kind}"
    if kind in ("gz", "unnamed-gz"):
        target.write_bytes(gzip.compress(plain))
    elif kind == "zst":
        with pa.CompressedOutputStream(str(target), "zstd") as out:
            out.write(plain)
    else:
        duckdb.sql(f"copy (from read_json_auto('{FIXTURES / 'litellm.jsonl'}')) to '{target}' (format parquet)")
    ingest(store, [str(FIXTURES / "litellm.jsonl")])

    with Store() as other:
        ingest(other, [str(target)])
        columns = "request_id, started_at, input_tokens, output_tokens, cache_read_input_tokens, status, usage_source"
        query = f"select {columns} from requests order by started_at, request_id"
        assert store.rows(query) == other.rows(query)


def test_bad_lines_of_a_compressed_file_are_named_too(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl.gz"
    log.write_bytes(gzip.compress(record(1) + b"nonsense\n" + record(3)))

    summary = ingest(store, [str(log)])

    assert (summary.new, [reject.line for reject in summary.rejects]) == (2, [2])


def test_a_cut_archive_keeps_what_can_be_read(store: Store, tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(record(n, note=str(random.Random(n).random())) for n in range(5000)))
    log = tmp_path / "a.jsonl.gz"
    log.write_bytes(whole[: len(whole) // 2])

    summary = ingest(store, [str(log)])

    assert summary.new > 1000
    assert any("breaks off" in reject.reason for reject in summary.rejects)


def test_stdin_is_a_source(llmcost: Run) -> None:
    done = llmcost("ingest", "-", input=record(1).decode())

    assert (done.returncode, done.stdout) == (0, "1 file (litellm 1): 1 new, 0 duplicate, 0 rejected\n")


def test_names_with_glob_characters_are_names(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "a[1] it's *"
    folder.mkdir()
    (folder / "log?.jsonl").write_bytes(record(1))
    (folder / "logx.jsonl").write_bytes(record(2))

    assert ingest(store, [str(folder / "log?.jsonl")]).new == 1


def test_a_folder_is_read_file_by_file_and_what_is_no_log_is_skipped(store: Store, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "no-extension").write_bytes(record(1))
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    (tmp_path / ".hidden.jsonl").write_bytes(record(2))

    summary = ingest(store, [str(tmp_path)])

    assert (summary.new, [Path(path).name for path, _ in summary.skipped]) == (1, ["notes.txt"])


@pytest.mark.parametrize(
    ("content", "word", "hint"),
    [
        (b"", "empty", "JSON, CSV or Parquet"),
        (b"\x7fELF\0\0\0binary", "a program, not a log", "JSON, CSV or Parquet"),
        (b'{"foo": 1}\n', "not in a format", "--format"),
        (b'[{"id": 1}]', "not in a format", "--format"),
        (b"just text\n", "neither JSON", "JSON, CSV or Parquet"),
    ],
)
def test_a_named_file_of_no_known_format_is_refused(
    store: Store, tmp_path: Path, content: bytes, word: str, hint: str
) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(content)

    with pytest.raises(FormatError, match=word) as refusal:
        ingest(store, [str(log)])
    assert hint in refusal.value.hint


def test_a_path_that_is_not_there_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        ingest(store, [str(tmp_path / "nowhere.jsonl")])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("id", "call_type", "startTime", "endTime", "prompt_tokens", "metadata", "request_tags", "response", "stream")


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(FIELDS), json_values), min_size=1, max_size=20),
    st.lists(json_values, max_size=20),
)
def test_whatever_stands_in_a_line_rows_in_are_rows_out(
    tmp_path_factory: pytest.TempPathFactory, changes: list[dict[str, object]], others: list[object]
) -> None:
    log = tmp_path_factory.mktemp("any") / "a.jsonl"
    lines = [record(n, **change) for n, change in enumerate(changes, start=1)]
    lines += [json.dumps(other).encode() + b"\n" for other in others]
    log.write_bytes(record(0) * 3 + b"".join(lines))

    with Store() as store:
        summary = ingest(store, [str(log)], format="litellm")

        assert 3 + len(lines) == summary.read == summary.new + summary.duplicates + summary.rejected
        assert summary.new == store.value("select count(*) from requests")
        assert summary.rejected == store.value("select count(*) from rejects")
