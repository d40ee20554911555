"""Parquet holds what the other outputs hold: every value as it is, in a type that says what it is."""

from __future__ import annotations

import io
import json
import math
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcost.errors import UsageError
from llmcost.render import Table, render, render_bytes
from llmcost.render.cell import plain
from tests.conftest import FIRST, Run

WIDEST = 10**38 - 1
decimals = st.builds(
    lambda number, scale: Decimal((number < 0, tuple(map(int, str(abs(number)))), -scale)),
    st.integers(-WIDEST, WIDEST),
    st.integers(0, 30),
)
money = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), decimals)


def read_back(names: Sequence[str], *rows: tuple[Any, ...]) -> Any:
    table = Table("Any", tuple(names), rows, {}, {"command": "test"})
    return pq.read_table(io.BytesIO(render_bytes(table, "parquet")))


@given(st.lists(st.tuples(money, st.one_of(st.none(), st.integers()))))
def test_what_is_read_back_is_what_was_written(rows: list[tuple[Any, ...]]) -> None:
    found = read_back(("cost_usd", "count"), *rows)

    for at, column in enumerate(found.columns):
        values = column.to_pylist()
        # what no decimal of 38 digits holds beside the others stands there as text, every digit of it
        if pa.types.is_string(column.type):
            values = [None if value is None else Decimal(value) for value in values]
        assert [row[at] for row in rows] == values


@given(st.lists(st.one_of(st.none(), st.floats(), st.integers(-(2**53), 2**53)), min_size=1))
def test_binary_fractions_are_read_back_too(values: list[float | None]) -> None:
    found = read_back(("cost_share",), *((value,) for value in values)).column(0)

    assert pa.float64() == found.type
    for value, back in zip(values, found.to_pylist(), strict=True):
        assert value == back or (value is not None and math.isnan(value) and math.isnan(back))


@given(st.lists(st.one_of(st.none(), st.lists(st.one_of(st.none(), st.text())))))
def test_lists_are_lists(values: list[list[str | None] | None]) -> None:
    found = read_back(("tags",), *((value,) for value in values)).column(0)

    assert values == found.to_pylist()
    assert pa.types.is_list(found.type) == any(value is not None for value in values)


@pytest.mark.parametrize(
    ("name", "values", "type"),
    [
        ("cost_usd", [Decimal("0.1"), 0], pa.decimal128(38, 21)),
        ("cost_usd", [0, None], pa.decimal128(38, 21)),
        ("rate", [Decimal("2.50"), Decimal("0.075")], pa.decimal128(38, 3)),
        # 18 digits before the point and 21 after it would be 39
        ("cost_usd", [Decimal(10) ** 17, Decimal("0.5")], pa.decimal128(38, 1)),
        ("cost_usd", [Decimal(10) ** 30, Decimal("0.000000001")], pa.string()),
        ("cost_usd", [Decimal("NaN")], pa.string()),
        ("requests", [1, 2**63 - 1], pa.int64()),
        ("hash", [0, 2**64 - 1], pa.uint64()),
        ("count", [-1, 2**64 - 1], pa.decimal128(38, 0)),
        ("count", [10**38], pa.string()),
        ("cost_share", [0, 0.5], pa.float64()),
        ("cost_share", [1, None], pa.float64()),
        ("wait_ms", [Decimal("0.1")], pa.decimal128(38, 1)),
        ("mixed", [Decimal("0.5"), 0.25], pa.float64()),
        ("mixed", [Decimal("0.1"), 0.25], pa.string()),
        ("mixed", [True, 1], pa.string()),
        ("started_at", [datetime(2026, 11, 1)], pa.timestamp("us", tz="UTC")),
        ("day", [date(2026, 11, 1)], pa.date32()),
        ("is_batch", [True, None], pa.bool_()),
        ("model", ["gpt-4o"], pa.string()),
        ("sizes", [[1, None], []], pa.list_(pa.int64())),
        ("price", [{"rate": Decimal("2.5"), "tags": ["a"]}], None),
        ("price", [{}], pa.string()),
    ],
)
def test_a_type_is_the_narrowest_that_rounds_nothing(name: str, values: list[Any], type: Any) -> None:
    found = read_back((name,), *((value,) for value in values)).column(0)

    if type is None:
        type = pa.struct([("rate", pa.decimal128(38, 1)), ("tags", pa.list_(pa.string()))])
        assert values == found.to_pylist()
    assert type == found.type


@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("cost_usd", pa.decimal128(38, 21)),
        ("input_tokens", pa.int64()),
        ("requests", pa.int64()),
        ("unpriced_requests", pa.int64()),
        ("cost_share", pa.float64()),
        ("p95_ms", pa.float64()),
        ("started_at", pa.timestamp("us", tz="UTC")),
        ("model", pa.string()),
    ],
)
def test_a_column_of_nothing_known_is_what_its_name_says(name: str, type: Any) -> None:
    for rows in ([], [(None,), (None,)]):
        found = read_back((name,), *rows)

        assert (type, len(rows)) == (found.column(0).type, found.column(0).null_count)


def test_a_text_among_numbers_is_written_as_the_other_outputs_write_it() -> None:
    values = [Decimal("0.10"), "?", None, datetime(2026, 11, 1), [1, "a"]]
    found = read_back(("any",), *((value,) for value in values)).column(0).to_pylist()

    assert ["0.1", "?", None, plain(values[3]), '[1,"a"]'] == found


def test_times_are_utc_whatever_their_zone() -> None:
    berlin = datetime.fromisoformat("2026-11-01T01:00:00+01:00")

    assert [datetime(2026, 11, 1, tzinfo=UTC)] == read_back(("at",), (berlin,)).column(0).to_pylist()


def test_parquet_is_no_text_and_text_no_parquet() -> None:
    table = Table("Any", ("a",), [(1,)], {}, {})

    with pytest.raises(UsageError, match="is not text"):
        list(render(table, "parquet"))
    with pytest.raises(UsageError, match="is not binary"):
        render_bytes(table, "csv")


def test_a_report_is_the_same_in_parquet_and_in_json(llmcost: Run, tmp_path: Path) -> None:
    assert 0 == llmcost("ingest", *FIRST).returncode
    done = llmcost("report", "--by", "model,day", "-o", "spend.parquet")
    document = json.loads(llmcost("report", "--by", "model,day", "-f", "json").stdout, parse_float=Decimal)

    assert (0, "") == (done.returncode, done.stdout)
    found = pq.read_table(tmp_path / "spend.parquet")
    costs = [row["cost_usd"] for row in found.to_pylist()]
    assert [row["cost_usd"] for row in document["rows"]] == costs
    assert document["totals"]["cost_usd"] == sum(cost for cost in costs if cost is not None)
    about = json.loads(found.schema.metadata[b"llmcost"], parse_float=Decimal)
    assert {name: document[name] for name in document if name != "rows"} == about
    assert "ZSTD" == pq.ParquetFile(tmp_path / "spend.parquet").metadata.row_group(0).column(0).compression


def test_a_pipe_gets_bytes(llmcost: Run, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "llmcost", "report", "-f", "parquet", *map(str, FIRST)]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=120)

    assert 0 == done.returncode
    assert 45 == sum(pq.read_table(io.BytesIO(done.stdout)).column("requests").to_pylist())


def test_a_terminal_gets_a_hint_and_no_bytes(tmp_path: Path) -> None:
    screen, terminal = pty.openpty()
    words = [sys.executable, "-m", "llmcost", "report", "-f", "parquet", *map(str, FIRST)]
    done = subprocess.run(words, cwd=tmp_path, stdout=terminal, stderr=subprocess.PIPE, text=True, timeout=120)
    os.close(terminal)
    os.close(screen)

    assert 2 == done.returncode
    assert done.stderr.startswith("error: --format parquet: not for a terminal\nhint: -o FILE.parquet")


def test_a_file_that_cannot_be_written_is_named(llmcost: Run) -> None:
    done = llmcost("report", "-o", "nowhere/spend.parquet", *FIRST)

    assert 2 == done.returncode
    assert "error: nowhere/spend.parquet: cannot be written: No such file" in done.stderr
