"""How every view looks in every format and width. Looks only: what the numbers are is said by test_view_oracles."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from llmcost.cli.report.budget import budget_table
from llmcost.cli.report.tables import report_table
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.render import Table, render
from llmcost.report import run, views
from llmcost.report.budget import Budget, budgets
from llmcost.store import Filters, Store
from tests.conftest import FIXTURES

# a log without times would look otherwise on another day
WITH_TIMES = ("litellm", "litellm_spend_logs", "llmcost", "bifrost", "portkey", "helicone")
WIDTHS = (80, 120, 200)
# parquet is read back in test_parquet.py, html by a browser in test_html.py
TEXTS = ("json", "jsonl", "csv", "tsv", "md")
CUTS = {"by its own groups": {"by": None}, "in time": {"by": ("provider",), "over": "week", "top": 2}}


def ending(format: str) -> type[SingleFileSnapshotExtension]:
    class Snapshot(SingleFileSnapshotExtension):
        file_extension = format
        _write_mode = WriteMode.TEXT

    return Snapshot


@pytest.fixture(scope="module")
def filled() -> Store:
    store = Store()
    ingest(store, [str(FIXTURES / f"{name}.jsonl") for name in WITH_TIMES])
    return store


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("view", views())
def test_a_table_fits_the_terminal_and_breaks_no_number(
    filled: Store, book: Book, view: str, cut: str, width: int, snapshot: SnapshotAssertion
) -> None:
    result = run(filled, book, view=view, **CUTS[cut])  # type: ignore[arg-type]
    text = "".join(render(report_table(result, {}, "table"), "table", width=width))

    assert max(len(line) for line in text.splitlines()) <= width
    assert text == snapshot(extension_class=ending("txt"))


@pytest.mark.parametrize("width", WIDTHS)
def test_blocks_fit_the_terminal(filled: Store, book: Book, width: int, snapshot: SnapshotAssertion) -> None:
    result = run(filled, book, view="cost", over="block")
    text = "".join(render(report_table(result, {}, "table"), "table", width=width))

    assert max(len(line) for line in text.splitlines()) <= width
    assert text == snapshot(extension_class=ending("txt"))


@pytest.mark.parametrize("format", TEXTS)
@pytest.mark.parametrize("view", views())
def test_a_file_looks_as_it_did(filled: Store, book: Book, view: str, format: str, snapshot: SnapshotAssertion) -> None:
    result = run(filled, book, view=view, by=None)
    text = "".join(render(report_table(result, {"command": "report"}, format), format))

    assert text == snapshot(extension_class=ending(format))


@pytest.fixture
def limits(filled: Store, book: Book) -> Table:
    asked = [Budget(None, None, "month", Decimal("0.01")), Budget("team", None, "month", Decimal(5))]
    last = filled.value("select max(started_at) from requests").replace(tzinfo=UTC)
    return budget_table(budgets(filled.price(book), asked, Filters(), last), {"command": "report"})


@pytest.mark.parametrize("width", WIDTHS)
def test_budgets_fit_the_terminal(limits: Table, width: int, snapshot: SnapshotAssertion) -> None:
    text = "".join(render(limits, "table", width=width))

    assert max(len(line) for line in text.splitlines()) <= width
    assert text == snapshot(extension_class=ending("txt"))


@pytest.mark.parametrize("format", TEXTS)
def test_budgets_look_as_they_did_in_files(limits: Table, format: str, snapshot: SnapshotAssertion) -> None:
    assert "".join(render(limits, format)) == snapshot(extension_class=ending(format))
