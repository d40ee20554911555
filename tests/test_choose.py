"""--columns and --sort: which columns a table shows and how its rows stand, in every command and every format."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcost.cli import guarded
from llmcost.errors import UsageError
from llmcost.ingest import ingest
from llmcost.render import FORMATS, Table, render, render_bytes
from llmcost.render.choose import Choice, choose
from llmcost.render.table import left_out
from llmcost.store import Store
from tests.logs import full_request, write_log
from tests.test_help import COMMANDS

NAMES = ("model", "requests", "latency_p50_ms", "cost_usd", "under_1s", "over_1s", "fix")
TABLE = Table(
    "Costs",
    NAMES,
    [
        ("b", 2, 900.0, Decimal("1.5"), 1, 1, "cache it"),
        ("a", 10, None, Decimal("10"), 4, 6, None),
        ("c", 1, 12.0, None, 0, 1, "drop it"),
        ("other (3)", 99, None, Decimal("99"), 0, 0, None),
    ],
    {"requests": 112, "cost_usd": Decimal("110.5"), "spend_usd": Decimal(7)},
    {},
    below=("fix",),
    histogram=("under_1s", "over_1s"),
    bar="cost_usd",
    last=("other (3)",),
)


def first(table: Table) -> list[Any]:
    return [row[0] for row in table.rows]


@pytest.mark.parametrize(
    ("sort", "order"),
    {
        # by number, not by its text; other (3) stays last though it is the largest
        "requests": ["c", "b", "a"],
        "-requests": ["a", "b", "c"],
        # what is not known is last in both directions
        "cost_usd": ["b", "a", "c"],
        "-cost_usd": ["a", "b", "c"],
        "p50": ["c", "b", "a"],
        "-p50": ["b", "c", "a"],
        "fix,model": ["b", "c", "a"],
        "-model": ["c", "b", "a"],
    }.items(),
)
def test_rows_are_sorted_by_value_with_the_unknown_and_the_rest_last(sort: str, order: list[str]) -> None:
    assert [*order, "other (3)"] == first(choose(TABLE, Choice(sort=(sort,))))


@pytest.mark.parametrize("text", ["cost_usd,model", "cost, Model", "COST,model,cost_usd"])
def test_columns_are_named_as_in_files_or_as_in_the_heading(text: str) -> None:
    found = choose(TABLE, Choice((text,)))

    assert ("cost_usd", "model") == found.columns
    assert (Decimal("1.5"), "b") == found.rows[0]
    # a total that is no column stays
    assert {"cost_usd", "spend_usd"} == set(found.totals)


@pytest.mark.parametrize("option", ["columns", "sort"])
def test_a_misspelt_column_is_refused_with_the_nearest(option: str) -> None:
    with pytest.raises(UsageError) as refused:
        choose(TABLE, Choice(**{option: ("model", "requsts")}))

    assert f"--{option} requsts: no such column" == refused.value.message
    assert "nearest: requests" == refused.value.hint


def test_a_heading_of_several_columns_is_not_guessed_at() -> None:
    with pytest.raises(UsageError, match="several columns") as refused:
        choose(replace(TABLE, columns=("input_usd", "input_tokens", *NAMES[2:])), Choice(("input",)))

    assert "one of input_usd, input_tokens" == refused.value.hint


def test_a_name_with_a_comma_is_a_name() -> None:
    table = Table("Query", ("round(a, 2)", "b"), [(1, 2)], {}, {})

    assert ("round(a, 2)",) == choose(table, Choice(("round(a, 2)",))).columns


def test_a_drawing_is_named_as_one() -> None:
    found = choose(TABLE, Choice(("model,distribution",)))

    assert ("model", "under_1s", "over_1s") == found.columns
    assert "distribution" in "".join(render(found, "table", width=80))
    assert "distribution" not in "".join(render(choose(TABLE, Choice(("model,under_1s",))), "table", width=80))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=7, unique=True), st.sampled_from(NAMES), st.booleans())
def test_any_choice_is_written_in_every_format(columns: list[str], sort: str, is_descending: bool) -> None:
    found = choose(TABLE, Choice((",".join(columns),), (f"{'-' * is_descending}{sort}",)))

    assert tuple(columns) == found.columns
    assert len(TABLE.rows) == len(found.rows)
    assert all("".join(render(found, "table", width=width)) for width in (20, 80, None))
    # a page is the same whatever is chosen, and takes long to write
    assert all(
        "".join(render(found, format)) for format in FORMATS if format not in ("table", "parquet", "xlsx", "html")
    )
    assert render_bytes(found, "parquet") and render_bytes(found, "xlsx")


@pytest.mark.parametrize("columns", ["fix", "model,fix", "distribution", "cost_usd,requests"])
def test_a_choice_is_written_as_a_page(columns: str) -> None:
    assert "<table" in "".join(render(choose(TABLE, Choice((columns,))), "html"))


def test_of_chosen_columns_names_are_cut_before_any_is_left_out() -> None:
    measures = tuple(f"measure_{number}_usd" for number in range(4))
    rows = [("a name of thirty characters, so", "another name that is long", *[Decimal("1234.56")] * 4)]
    table = Table("Wide", ("model", "key", *measures), rows, {}, {}, hide_when_narrow=measures)
    chosen = choose(table, Choice(("model,key," + ",".join(measures),)))

    assert [] != left_out(table, 80)
    assert [] == left_out(chosen, 80)
    text = "".join(render(chosen, "table", width=80))
    assert 4 == text.count("$1,234.56")
    assert max(map(len, text.splitlines())) <= 80
    # where numbers alone have no room, what is left out is named
    assert [] != left_out(chosen, 40)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("choose")
    first = datetime(2026, 10, 1, tzinfo=UTC)
    requests = [full_request(n, first + timedelta(hours=30 * n), case_id=f"t{n % 4}") for n in range(12)]
    write_log(folder / "log.jsonl", requests)
    answers = "".join(json.dumps({"request_id": f"r{n}", "output": "yes"}) + "\n" for n in range(3))
    for name in ("old.jsonl", "new.jsonl"):
        (folder / name).write_text(answers, encoding="utf-8")
    with Store(folder / "llmcost.duckdb") as store:
        ingest(store, [str(folder / "log.jsonl")])
    return folder


# what else a command needs; where there are several, each prints another table
WORDS: dict[str, list[str]] = {
    "report": [
        *("report", "report cost", "report latency", "report budget", "report -f html", "report cost --over week"),
        "report requests",
        *("report cost --over day --by model", "report --since 2026-10-08 --compare previous"),
    ],
    "detect": ["detect all", "detect all --requests"],
    "savings": ["savings", "savings --since 2026-10-08 --baseline 2026-10-01"],
    "whatif": ["whatif --map gpt-4o=gpt-4o-mini"],
    "sql": ["sql 'select model from scope'"],
    "verify": ["verify old.jsonl new.jsonl"],
    "show": ["show r1 -f csv", "show r1"],
    "check": ["check log.jsonl --against log.jsonl -f csv", "check log.jsonl --against log.jsonl"],
    "pricing show": ["pricing show gpt-4o"],
    "pricing explain": ["pricing explain r1", "pricing explain r1 -f csv"],
    "reconcile": ["reconcile", "reconcile --causes"],
    "baseline show": ["baseline show"],
    "pricing diff": [],
    "alerts show": ["alerts show cost-spike"],
    "alerts backtest": ["alerts backtest", "alerts backtest --each", "alerts backtest --thresholds"],
}
TABLES = [
    line
    for path, command in COMMANDS.items()
    if "columns" in {param.name for param in command.params}
    for line in WORDS.get(" ".join(path), [" ".join(path)])
]


def test_every_command_that_writes_a_table_has_the_options() -> None:
    names = [{param.name for param in command.params} for command in COMMANDS.values()]

    assert [found for found in names if {"format", "output"} <= found] == [found for found in names if "sort" in found]
    assert len(TABLES) > 25


@pytest.mark.parametrize("option", ["--columns", "--sort"])
@pytest.mark.parametrize("line", TABLES)
def test_every_table_refuses_a_column_that_it_has_not(
    filled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, option: str
) -> None:
    monkeypatch.chdir(filled)
    if line == "baseline show":
        monkeypatch.setattr(sys, "argv", ["llmcost", "baseline", "create", "log.jsonl", "--force"])
        assert 0 == guarded()
    monkeypatch.setattr(sys, "argv", ["llmcost", *shlex.split(line), option, "no_such_column"])
    code, said = guarded(), capsys.readouterr()

    assert 2 == code, said.err
    assert f"error: {option}" in said.err
    assert "hint: " in said.err
    assert "" == said.out
