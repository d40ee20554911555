"""The same requests in every shape that a file can have."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcost.ingest import ingest
from llmcost.ingest.shapes import records_of, shape_of
from llmcost.ingest.sources import open_source
from llmcost.store import Store
from tests.conftest import FIXTURES

ROWS = """
    select request_id, started_at, ended_at, input_tokens, output_tokens, cache_read_input_tokens, status, usage_source,
        response_model, tags, prompt_hash is null, finish_reason
    from requests order by started_at, request_id
"""
RECORDS = [json.loads(line) for line in (FIXTURES / "litellm.jsonl").read_text(encoding="utf-8").splitlines()]


def as_csv(records: list[dict[str, object]], mark: str = ",") -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(name for record in records for name in record))
    writer = csv.writer(out, delimiter=mark)
    writer.writerow(names)
    for record in records:
        cells = [record.get(name) for name in names]
        writer.writerow([json.dumps(c) if isinstance(c, dict | list) else "" if c is None else c for c in cells])
    return out.getvalue().encode()


def zstd(content: bytes) -> bytes:
    compressed: bytes = pa.Codec("zstd").compress(content, asbytes=True)
    return compressed


def lines() -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in RECORDS)


SHAPES = {
    "array": json.dumps(RECORDS).encode(),
    "pretty array": json.dumps(RECORDS, indent=2).encode(),
    "one after the other, pretty": "\n".join(json.dumps(record, indent=4) for record in RECORDS).encode(),
    "one after the other, on one line": "".join(json.dumps(record) for record in RECORDS).encode(),
    "wrapped": json.dumps({"meta": {"page": 1}, "data": RECORDS}).encode(),
    "wrapped, a page a line": b"".join(
        json.dumps({"data": RECORDS[i : i + 10]}).encode() + b"\n" for i in range(0, 34, 10)
    ),
    "JSON inside text": b"".join(json.dumps({"message": json.dumps(r)}).encode() + b"\n" for r in RECORDS),
    "CSV with JSON in cells": as_csv(RECORDS),
    "TSV": as_csv(RECORDS, "\t"),
    "gzip of an array": gzip.compress(json.dumps(RECORDS).encode()),
    "gzip of CSV": gzip.compress(as_csv(RECORDS)),
    "zstd": zstd(lines()),
    "zstd of a pretty array": zstd(json.dumps(RECORDS, indent=1).encode()),
}


@pytest.fixture(scope="module")
def expected() -> list[tuple[object, ...]]:
    with Store() as store:
        ingest(store, [str(FIXTURES / "litellm.jsonl")])
        return store.rows(ROWS)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shape_of_a_file_changes_nothing(
    store: Store, tmp_path: Path, expected: list[tuple[object, ...]], shape: str
) -> None:
    (tmp_path / "no-extension").write_bytes(SHAPES[shape])

    summary = ingest(store, [str(tmp_path)])

    assert (34, 0, 0) == (summary.new, summary.duplicates, summary.rejected)
    assert expected == store.rows(ROWS)


@pytest.mark.parametrize("flat", [False, True])
def test_parquet_nested_or_flat_changes_nothing(
    store: Store, tmp_path: Path, expected: list[tuple[object, ...]], flat: bool
) -> None:
    target = tmp_path / "log.parquet"
    source = tmp_path / "log.jsonl"
    texts = [{k: json.dumps(v) if flat and isinstance(v, dict | list) else v for k, v in r.items()} for r in RECORDS]
    source.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in texts))
    duckdb.sql(f"copy (from read_json('{source}', maximum_depth = {1 if flat else -1})) to '{target}' (format parquet)")
    source.unlink()

    ingest(store, [str(target)])

    assert expected == store.rows(ROWS)


def test_a_mixed_folder_is_decided_file_by_file(store: Store, tmp_path: Path) -> None:
    for number, content in enumerate(SHAPES.values()):
        (tmp_path / str(number)).write_bytes(content)
    (tmp_path / "openai.json").write_bytes((FIXTURES / "openai.jsonl").read_bytes())
    (tmp_path / "notes.txt").write_text("costs, tokens and so on\nare in the other files\n", encoding="utf-8")

    summary = ingest(store, [str(tmp_path)])

    assert {"litellm": len(SHAPES), "openai": 1} == dict(summary.formats)
    assert (39, 34 * (len(SHAPES) - 1)) == (summary.new, summary.duplicates)
    assert ["notes.txt"] == [Path(path).name for path, _ in summary.skipped]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.dictionaries(texts, values, max_size=4), min_size=1, max_size=6),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
)
def test_documents_are_cut_where_python_cuts_them(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, object]], indent: int | None, is_array: bool
) -> None:
    log = tmp_path_factory.mktemp("any") / "a.json"
    text = json.dumps(records, indent=indent) if is_array else "\n".join(json.dumps(r, indent=indent) for r in records)
    log.write_text(text, encoding="utf-8")

    found = list(records_of(open_source(str(log), True), "documents"))

    assert records == [json.loads(record) for _, record in found]
    assert all(text.splitlines()[line - 1].strip() for line, _ in found)


@pytest.mark.parametrize(
    ("head", "shape"),
    [
        (b'{"a": 1}\n', "lines"),
        (b'\xef\xbb\xbf{"a": 1}\n{"b": 2}', "lines"),
        (b'[1, 2]\n{"a": 1}\n', "lines"),
        (b'oops\n{"a": 1}\n', "lines"),
        (b'{"a": 1}{"b": 2}', "documents"),
        (b'[{"a": 1}]', "documents"),
        (b'[\n{"a": 1},\n{"a": 2}\n]', "documents"),
        (b'{\n "a": 1\n}\n', "documents"),
        (b"id,model,cost\n1,x,2\n", "csv"),
        (b"id\tmodel\tcost\n1\tx\t2\n", "csv"),
        (b"Well, this, is prose!\n", ""),
        (b"", ""),
    ],
)
def test_a_files_head_tells_its_shape(head: bytes, shape: str) -> None:
    assert shape == shape_of(head)
