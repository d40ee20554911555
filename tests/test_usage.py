"""The resolver of usage against the same rules said in plain Python, row by row."""

from __future__ import annotations

from importlib import resources
from typing import NamedTuple

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MACROS = resources.files("llmcost.ingest") / "macros"
BASES = ("inclusive", "exclusive", "writes_outside")
HABITS = (*BASES, "unknown")
NAMES = ("input", "output", "cache_read", "cache_write", "reasoning", "total", "uncached", "tool_use")

# small, so that sums meet by chance as often as they can
counts = st.integers(0, 12)
maybe = st.none() | counts


class Row(NamedTuple):
    """What a log reports of one request."""

    input: int
    output: int
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None
    total: int | None = None
    uncached: int | None = None
    tool_use: int | None = None


class Usage(NamedTuple):
    """What was used: input with the cache, output with the reasoning."""

    input: int
    output: int
    basis: str
    evidence: str


rows = st.builds(Row, counts, counts, maybe, maybe, maybe, maybe | st.integers(0, 60), maybe, maybe)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect()
    opened.execute((MACROS / "usage.sql").read_text(encoding="utf-8"))
    return opened


def resolved(connection: duckdb.DuckDBPyConnection, row: Row, input_basis: str, output_basis: str) -> Usage:
    values = ", ".join(
        ("" if name in ("input", "output") else f"{name} := ") + f"${n}::bigint" for n, name in enumerate(NAMES, 1)
    )
    call = f"resolve_usage({values}, input_basis := '{input_basis}', output_basis := '{output_basis}')"
    ((found,),) = connection.execute(f"select {call}", list(row)).fetchall()
    return Usage(*(found[name] for name in ("input_tokens", "output_tokens", "basis", "evidence")))


def oracle(row: Row, input_basis: str, output_basis: str) -> Usage:
    """Say the rules again: the output by the total, then the input by what the row proves, best proof first."""
    read, write, tools = row.cache_read or 0, row.cache_write or 0, row.tool_use or 0
    cache = read + write
    output = row.output + outside_reasoning(row, cache, tools, output_basis)
    basis, evidence = input_basis.replace("unknown", "inclusive"), "default"
    if not cache:
        pass
    elif row.uncached is not None:
        whole = row.uncached + cache
        sums = {whole: "inclusive", row.uncached + read: "writes_outside"}
        basis = "inclusive" if row.input == whole else sums.get(row.input, "exclusive")
        return Usage(whole + tools, output, basis, "uncached")
    elif row.input < cache:
        # a part cannot be more than the whole
        if input_basis != "exclusive":
            is_exclusive = row.input < read or (row.total or 0) - tools == row.input + output + cache
            basis, evidence = ("exclusive" if is_exclusive else "writes_outside"), "lower_bound"
    elif row.total is not None:
        sums = {row.input + output + cache: "exclusive", row.input + output: "inclusive"}
        if write:
            sums = {row.input + output + write: "writes_outside"} | sums
        proven = sums.get(row.total - tools)
        basis, evidence = (proven, "total_identity") if proven else (basis, "ambiguous")
    elif input_basis == "unknown":
        evidence = "ambiguous"
    outside = {"inclusive": 0, "writes_outside": write, "exclusive": cache}[basis]
    return Usage(row.input + outside + tools, output, basis, evidence)


def outside_reasoning(row: Row, cache: int, tools: int, output_basis: str) -> int:
    """Count the reasoning that stands beside the output."""
    reasoning = row.reasoning or 0
    if reasoning > row.output:
        return reasoning
    known = row.input + row.output
    if row.total == known:
        return 0
    if row.total in {known + reasoning, known + reasoning + tools, known + reasoning + cache}:
        return reasoning
    if row.total == known + cache:
        return 0
    return reasoning if output_basis == "exclusive" else 0


@settings(max_examples=500, deadline=None)
@given(row=rows, input_basis=st.sampled_from(HABITS), output_basis=st.sampled_from(("inclusive", "exclusive")))
def test_the_resolver_says_what_plain_python_says(
    connection: duckdb.DuckDBPyConnection, row: Row, input_basis: str, output_basis: str
) -> None:
    assert oracle(row, input_basis, output_basis) == resolved(connection, row, input_basis, output_basis)


@settings(max_examples=300, deadline=None)
@given(row=rows, input_basis=st.sampled_from(HABITS), output_basis=st.sampled_from(("inclusive", "exclusive")))
def test_a_part_is_never_more_than_the_whole(
    connection: duckdb.DuckDBPyConnection, row: Row, input_basis: str, output_basis: str
) -> None:
    used = resolved(connection, row, input_basis, output_basis)

    assert (row.cache_read or 0) + (row.cache_write or 0) <= used.input
    assert (row.reasoning or 0) <= used.output
    assert row.output <= used.output


def reported(fresh: int, read: int, write: int, output: int, basis: str, has_total: bool) -> Row:
    """Write one usage as an emitter of a convention does."""
    inside = {"inclusive": read + write, "writes_outside": read, "exclusive": 0}[basis]
    return Row(fresh + inside, output, read, write, total=fresh + read + write + output if has_total else None)


@settings(max_examples=300, deadline=None)
@given(
    counts,
    counts,
    counts,
    counts,
    st.sampled_from(BASES),
    st.booleans(),
)
def test_each_convention_is_read_back_where_it_is_the_formats_own(
    connection: duckdb.DuckDBPyConnection, fresh: int, read: int, write: int, output: int, basis: str, has_total: bool
) -> None:
    row = reported(fresh, read, write, output, basis, has_total)

    used = resolved(connection, row, basis, "inclusive")

    assert (fresh + read + write, output) == (used.input, used.output)


@settings(max_examples=300, deadline=None)
@given(counts, counts, counts, counts, st.sampled_from(BASES))
def test_each_convention_is_read_back_from_the_total_where_the_habit_is_not_known(
    connection: duckdb.DuckDBPyConnection, fresh: int, read: int, write: int, output: int, basis: str
) -> None:
    row = reported(fresh, read, write, output, basis, has_total=True)

    used = resolved(connection, row, "unknown", "inclusive")

    assert fresh + read + write == used.input


def test_a_total_says_more_than_a_lower_bound(connection: duckdb.DuckDBPyConnection) -> None:
    # 100 + 50 read + 120 written + 10 = 280
    row = Row(100, 10, cache_read=50, cache_write=120, total=280)

    assert resolved(connection, row, "unknown", "inclusive").input == 270


@settings(max_examples=300, deadline=None)
@given(counts, counts, st.integers(1, 12), st.booleans())
def test_reasoning_is_read_back_whether_it_stands_in_the_output_or_beside_it(
    connection: duckdb.DuckDBPyConnection, input: int, answer: int, reasoning: int, is_outside: bool
) -> None:
    total = input + answer + reasoning
    row = Row(input, answer if is_outside else answer + reasoning, reasoning=reasoning, total=total)

    for habit in ("inclusive", "exclusive"):
        assert answer + reasoning == resolved(connection, row, "inclusive", habit).output
