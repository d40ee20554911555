"""The page of `-f html`: what stands in it, and what it does in a real browser without a network."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from llmcost.render import Figure, Page, Section, Table, render
from llmcost.render.cell import humanize
from llmcost.render.html import write_page
from llmcost.render.html.figures import figure_view
from llmcost.render.style import writers
from tests.conftest import FIRST, Run
from tests.invented import HOSTILE, page

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def written() -> str:
    return "".join(write_page(page()))


class Cells(HTMLParser):
    """The texts of all cells as they stand in the file, by row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.is_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            assert "hidden" not in dict(attrs)
            self.rows.append([])
        elif tag in ("td", "th"):
            self.is_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.is_cell = self.is_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.is_cell:
            self.rows[-1][-1] += data


def embedded(text: str) -> dict[str, Any]:
    """Read the data of a page, numbers with all their digits."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    document: dict[str, Any] = json.loads(found[1], parse_float=Decimal)
    return document


def test_every_cell_and_every_sentence_of_every_table_stands_in_the_file(written: str) -> None:
    rows = Cells(written).rows
    texts = {tuple(row) for row in rows}

    for section in page().sections:
        table = section.table
        places = [at for at, column in enumerate(table.columns) if column not in table.below]
        write_as = writers(table)
        for row in table.rows:
            assert tuple(write_as[table.columns[at]](row[at]) for at in places) in texts
            for column in table.below:
                sentence = humanize(column, row[table.columns.index(column)])
                assert any(sentence in line[0] for line in rows if len(line) == 1)


def test_what_is_unknown_is_a_dash_and_never_0(written: str) -> None:
    assert ["an-unpriced-model", "15,658", "–", "–", "–", "–", "–"] in Cells(written).rows  # noqa: RUF001


def test_a_name_cannot_end_the_script_that_holds_it(written: str) -> None:
    assert "document.title='owned'</script>" not in written
    assert "<img src=x" not in written
    assert HOSTILE in [row[0] for row in embedded(written)["tables"][0]["rows"]]


def test_money_keeps_every_digit_in_the_data(written: str) -> None:
    costs = {row[0]: row[5] for row in embedded(written)["tables"][0]["rows"]}

    assert Decimal("3730.061728") == costs["gpt-5.1"]  # 7464.123456 / 2 - 2
    assert costs["an-unpriced-model"] is None


def test_a_page_is_less_than_3_mb_and_one_without_charts_needs_no_library(written: str) -> None:
    lone = "".join(render(page().sections[0].table, "html"))

    assert len(written.encode()) < 3 * MEGABYTE
    assert len(lone.encode()) < 0.1 * MEGABYTE
    assert "vega" not in lone


def test_a_page_without_rows_says_so() -> None:
    empty = Table("Nothing", ("model", "cost_usd"), [], {"cost_usd": None}, {})

    assert ["No rows."] in Cells("".join(render(empty, "html"))).rows


def test_two_sections_of_one_name_have_addresses_of_their_own() -> None:
    section = Section("same name", "Same", "", Table("t", ("a",), [("b",)], {}, {}))
    text = "".join(write_page(Page("Twice", {}, (), (section, section))))

    assert ["same-name-1", "same-name-2"] == re.findall(r'<section id="([^"]+)"', text)


def drawn(kind: str, rows: list[tuple[Any, ...]], **columns: Any) -> tuple[str, dict[str, Any]]:
    table = Table(
        "", ("x", "cost_usd", "part", "low_usd", "high_usd"), [(*row, *[None] * (5 - len(row))) for row in rows], {}, {}
    )
    view = figure_view(Figure("", kind, table, "x", "cost_usd", **columns), "id")
    assert view.data is not None
    return view.says, view.data


def test_a_figure_says_its_range_its_most_and_what_is_not_drawn() -> None:
    says, data = drawn("bars", [("a", Decimal(3)), ("b", None), ("c", Decimal(5))])

    assert "Cost by x: $3.00 to $5.00 (c). 1 value is not known and not drawn." == says
    assert ["a", "c"] == [point["name"] for point in data["points"]]


def test_bars_are_the_20_largest_and_lines_of_the_smallest_share_a_colour() -> None:
    says, bars = drawn("bars", [(f"n{at}", Decimal(at)) for at in range(1, 31)])
    _, lines = drawn("series", [("x", Decimal(at), f"p{at}") for at in range(1, 10)], parts="part")

    assert says.endswith("Drawn are the 20 largest of 30.")
    assert [f"n{at}" for at in range(11, 31)] == [point["name"] for point in bars["points"]]
    assert ["p9", "p8", "p7", "p6", "p5", "p4", "others"] == lines["parts"]
    assert {"others"} == {point["key"] for point in lines["points"] if point["y"] < 4}


def test_a_waterfall_ends_with_the_exact_sum_of_its_steps() -> None:
    says, data = drawn("waterfall", [("a", Decimal("0.10")), ("b", Decimal("0.20"))])

    assert "Cost from $0.10 to $0.30 in 1 step; the largest is $0.20 (b)." == says
    assert [(0, Decimal("0.10")), (Decimal("0.10"), Decimal("0.30")), (0, Decimal("0.30"))] == [
        (point["start"], point["end"]) for point in data["points"]
    ]


def test_a_gap_in_a_line_stays_a_gap() -> None:
    _, data = drawn("series", [("a", Decimal(1)), ("b", None), ("c", Decimal(1))])

    assert [Decimal(1), None, Decimal(1)] == [point["y"] for point in data["points"]]


def test_the_command_writes_a_page_with_prices_and_coverage(llmcost: Run, tmp_path: Path) -> None:
    made = llmcost("report", "--by", "model", "-o", "report.html", *FIRST)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")

    assert 0 == made.returncode, made.stderr
    assert "Prices: book " in text
    assert "requests have a cost" in text
