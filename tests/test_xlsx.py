"""Workbooks, read back: numbers are numbers, dates are dates, texts are never formulas, and what is rounded is said."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from llmcost.cli import guarded
from llmcost.errors import UsageError
from llmcost.render import Sheet, Table, render, render_bytes
from llmcost.report.sections import VIEWS
from tests.conftest import FIRST, Run

MOMENT = datetime(2026, 11, 1, 12, 30, 5)
NOTES = "Notes"


def read_back(table: Table) -> Workbook:
    return load_workbook(io.BytesIO(render_bytes(table, "xlsx")))


def rows_of(book: Workbook, name: str) -> list[tuple[Any, ...]]:
    return list(book[name].iter_rows(values_only=True))


def notes_of(book: Workbook) -> list[tuple[Any, ...]]:
    return rows_of(book, NOTES)


def test_values_are_what_they_are() -> None:
    values: dict[str, Any] = {
        "key": "search",
        "day": date(2026, 11, 1),
        "last_at": MOMENT,
        "requests": 12_000,
        "cost_usd": Decimal("1234.56"),
        "error_share": 0.125,
        "latency_ms": 1500.5,
        "stream": True,
        "nothing": None,
        "tags": ["a", 1],
    }
    table = Table("Any", tuple(values), [tuple(values.values())], {}, {})
    cells = dict(zip(values, read_back(table)["Any"][2], strict=True))

    assert ("search", 12_000, 1234.56, 0.125, 1500.5, True, None, '["a",1]') == tuple(
        cells[name].value
        for name in ("key", "requests", "cost_usd", "error_share", "latency_ms", "stream", "nothing", "tags")
    )
    assert (datetime(2026, 11, 1), MOMENT) == (cells["day"].value, cells["last_at"].value)
    assert ("#,##0", '"$"#,##0.00', "0.0%", "yyyy-mm-dd") == tuple(
        cells[name].number_format for name in ("requests", "cost_usd", "error_share", "day")
    )


def test_amounts_of_less_than_a_dollar_are_shown_with_the_decimals_that_tell_them() -> None:
    table = Table("Any", ("cost_usd",), [(Decimal("0.0214"),), (Decimal("0.0171"),), (Decimal(0),)], {}, {})

    assert '"$"#,##0.0000' == read_back(table)["Any"]["A2"].number_format


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum(A1)", "=cmd|' /C calc'!A0", "{=1}", "https://x.y/z", "007"])
def test_no_text_is_a_formula_a_link_or_a_number(text: str) -> None:
    table = Table(text, (text, "n"), [(text, 1), (text, 2)], {text: text, "n": 3}, {"query": text})
    book = read_back(table)
    sheet = book.worksheets[0]

    for place in ("A1", "A2", "A4"):
        assert ("s", text) == (sheet[place].data_type, sheet[place].value)
    assert None is sheet["A2"].hyperlink
    assert ("query", text) in notes_of(book)


def test_what_a_cell_cannot_hold_is_a_text() -> None:
    values = [
        10**15,
        2**64 - 1,
        Decimal(10) ** 30,
        float("nan"),
        date(1899, 12, 31),
        datetime(1600, 1, 1),
        "a\x1b[31m\nb",
    ]
    found = rows_of(read_back(Table("Any", ("a",), [(value,) for value in values], {}, {})), "Any")[1:]

    assert [
        *("1000000000000000", "18446744073709551615", "1" + "0" * 30),
        *("nan", "1899-12-31", "1600-01-01T00:00:00Z", "a?[31m b"),
    ] == [value for (value,) in found]


def test_a_time_with_a_zone_is_written_in_utc() -> None:
    berlin = datetime.fromisoformat("2026-11-01T01:00:00+01:00")

    assert [(datetime(2026, 11, 1),)] == rows_of(read_back(Table("Any", ("at",), [(berlin,)], {}, {})), "Any")[1:]
    assert berlin == datetime(2026, 11, 1, tzinfo=UTC)


def test_what_is_rounded_is_said_and_totals_are_exact_in_the_notes() -> None:
    exact = [Decimal("0.1234567890123456789"), Decimal("123456789012345.6"), Decimal("2.5")]
    total = Decimal("123456789012348.2234567890123456789")
    book = read_back(Table("Cost", ("cost_usd",), [(value,) for value in exact], {"cost_usd": total}, {}))

    assert ("rounded: Cost", "cost_usd: 2 of 3 have more digits than that") in notes_of(book)
    assert ("exact total: Cost", "cost_usd: 123456789012348.2234567890123456789") in notes_of(book)
    assert all(abs(Decimal(cell) - value) / value < Decimal("1e-15") for (cell,), value in zip(
        rows_of(book, "Cost")[1:4], exact, strict=True
    ))  # fmt: skip


def test_the_head_stays_in_sight_and_the_total_is_marked() -> None:
    rows = [("a model with a long name", 1), ("b", 2)]
    sheet = read_back(Table("Cost", ("model", "requests"), rows, {"requests": 3}, {}))["Cost"]

    assert ("B2", "A1:B3") == (sheet.freeze_panes, sheet.auto_filter.ref)
    assert ("total", 3) == (sheet["A4"].value, sheet["B4"].value)
    assert (True, True, False) == tuple(sheet[place].font.bold for place in ("A1", "B4", "B3"))
    assert len(rows[0][0]) < sheet.column_dimensions["A"].width < 60


def test_names_of_sheets_are_those_that_excel_takes() -> None:
    from llmcost.render.xlsx import workbook

    empty = Table("", ("a",), [], {}, {})
    names = ["a/b:c[d]*?", "x" * 40, "X" * 40, "notes", "'", ""]
    book = load_workbook(io.BytesIO(workbook([Sheet(name, empty) for name in names], {})))

    assert ["a b c d", "x" * 31, "X" * 27 + " 2", "notes 2", "Rows", "Rows 2", NOTES] == book.sheetnames


def test_more_rows_than_a_sheet_has_are_refused() -> None:
    with pytest.raises(UsageError, match="1,048,575 rows of 1 columns, a sheet has 1,048,574"):
        render_bytes(Table("Any", ("a",), [(1,)] * 1_048_575, {}, {}), "xlsx")
    with pytest.raises(UsageError, match="is not text"):
        list(render(Table("Any", ("a",), [(1,)], {}, {}), "xlsx"))


def test_without_a_view_there_is_a_sheet_for_each_and_totals_are_those_of_the_terminal(
    llmcost: Run, tmp_path: Path
) -> None:
    assert 0 == llmcost("ingest", *FIRST).returncode
    done = llmcost("report", "-o", "all.xlsx")
    book = load_workbook(tmp_path / "all.xlsx")

    assert (0, "") == (done.returncode, done.stdout)
    assert {*VIEWS, "why", "savings", "findings", "budget", NOTES} == set(book.sheetnames)
    assert NOTES == book.sheetnames[-1]
    for view in VIEWS:
        document = json.loads(llmcost("report", view, "-f", "json").stdout)
        head, *rows = rows_of(book, view)
        assert [[row[name] for name in head] for row in document["rows"]] == [
            [as_json(value) for value in row] for row in rows[: len(document["rows"])]
        ]
    said = dict(notes_of(book))
    assert "requests: from 2026-11-01 01:00 to 2026-11-03 23:02 UTC" == said["asked"]
    assert document["pricing"]["sha256"] == said["pricing sha256"]
    assert ("45", str(document["coverage"]["priced_requests"])) == (
        said["coverage requests"],
        said["coverage priced requests"],
    )


def as_json(value: Any) -> Any:
    """Write a cell as JSON has it."""
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    return pytest.approx(value, rel=1e-14) if isinstance(value, float) else value


def test_a_view_that_is_named_or_cut_is_one_sheet(llmcost: Run, tmp_path: Path) -> None:
    for words in (["overview"], ["cost", "--over", "day"], ["--by", "team"], ["requests"], ["budget"]):
        done = llmcost("report", *words, *FIRST, "-o", "one.xlsx")
        book = load_workbook(tmp_path / "one.xlsx")

        assert (0, 2, NOTES) == (done.returncode, len(book.sheetnames), book.sheetnames[-1])


def test_an_empty_selection_is_a_workbook_that_says_why(llmcost: Run, tmp_path: Path) -> None:
    done = llmcost("report", *FIRST, "--where", "model=nobody", "-o", "none.xlsx")

    assert 0 == done.returncode, done.stderr
    assert "no request has model=nobody" in done.stderr
    assert 1 == load_workbook(tmp_path / "none.xlsx")["cost"].max_row


def test_without_the_library_it_is_said_how_it_comes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("llmcost.render.find_spec", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["llmcost", "report", "no-such.jsonl", "-f", "xlsx", "-o", "x.xlsx"])

    assert 2 == guarded()
    assert (
        "error: xlsx: xlsxwriter is not installed\nhint: pip install 'llmcost-cli[xlsx]'\n" == capsys.readouterr().err
    )


def test_a_terminal_gets_a_hint_and_a_pipe_gets_bytes(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "llmcost", "report", "cost", "-f", "xlsx", *map(str, FIRST)]
    screen, terminal = pty.openpty()
    refused = subprocess.run(words, cwd=tmp_path, stdout=terminal, stderr=subprocess.PIPE, text=True, timeout=120)
    os.close(terminal)
    os.close(screen)
    piped = subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=120)

    assert 2 == refused.returncode
    assert refused.stderr.startswith("error: --format xlsx: not for a terminal\nhint: -o FILE.xlsx")
    assert ["Cost", NOTES] == load_workbook(io.BytesIO(piped.stdout)).sheetnames
