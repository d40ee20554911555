"""Reports add up, whatever they are grouped by, and look the same tomorrow."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from llmcost.pricing import Book
from llmcost.render.cell import humanize
from llmcost.render.money import dollars
from llmcost.report import run
from llmcost.store import Filters, Store


@pytest.fixture
def filled(first_store: Path) -> Iterator[Store]:
    with Store(first_store, read_only=True) as opened:
        yield opened


COLUMNS = ("model", "provider", "key", "team", "user", "status", "operation", "day", "hour", "week", "month", "format")


@pytest.mark.parametrize("by", [*itertools.combinations(COLUMNS, 1), *itertools.pairwise(COLUMNS), COLUMNS[:4]])
def test_the_rows_add_up_to_the_total(filled: Store, book: Book, by: tuple[str, ...]) -> None:
    result = run(filled, book, by=by)

    assert (*by, "requests", "input_tokens") == result.columns[: len(by) + 2]
    for column in ("requests", "input_tokens", "cached_tokens", "output_tokens", "cost_usd"):
        at = result.columns.index(column)
        assert result.totals[column] == sum(row[at] for row in result.rows if row[at] is not None)


def test_coverage_counts_every_request_once(filled: Store, book: Book) -> None:
    covered = run(filled, book, by=("model",)).coverage

    unpriced = sum(item.requests for item in covered.unpriced)
    assert covered.requests == covered.priced_requests + covered.usage_missing + unpriced


def test_an_empty_window_has_no_rows_and_no_error(filled: Store, book: Book) -> None:
    result = run(filled, book, by=("model",), filters=Filters(where=("model=none",)))

    assert (result.rows, result.totals["requests"], result.totals["cost_usd"]) == ([], 0, None)


def test_a_value_with_a_quote_is_a_value(filled: Store, book: Book) -> None:
    result = run(filled, book, by=("model",), filters=Filters(where=("model=' or true or '",)))

    assert result.rows == []


def test_less_than_a_cent_is_not_nothing() -> None:
    assert tuple(dollars(value, 2) for value in (0, 0.004, 0.01, 1234.5, -2)) == (
        "$0.00",
        "<$0.01",
        "$0.01",
        "$1,234.50",
        "-$2.00",
    )
    assert humanize("cost_usd", None) == "–"  # noqa: RUF001


NOT_PORTABLE = (
    *("arg_max", "any_value", "asof", "qualify", "filter (", "hash(", "regexp", "lower(", "group by all"),
    *("quantile", "median(", "avg("),
)


@pytest.mark.parametrize("shelf", ["queries", "views"])
def test_reports_are_portable_sql(shelf: str) -> None:
    files = list((Path(__file__).parent.parent / "llmcost" / "report" / shelf).glob("*.sql"))

    assert files
    for file in files:
        text = file.read_text(encoding="utf-8").lower()
        assert [word for word in NOT_PORTABLE if word in text] == [], file.name
