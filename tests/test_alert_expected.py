"""What a day is expected to cost: worked out once a day for each book, and not where the day has a budget."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from llmcost.alerts.expected import expecting_now
from llmcost.alerts.rules import AlertSettings
from llmcost.alerts.state import Memory
from llmcost.ingest import ingest
from llmcost.report.budget import Budget
from llmcost.store import Store
from tests.alerts import traffic_of
from tests.logs import write_log
from tests.shelves import NOON, book_of
from tests.test_alerts_command import BOOK

# $24 a day from noon of Sunday the 15th on
HOURLY = {"from": -360, "until": 24, "every": 60, "usd": 1, "provider": "acme", "model": "m"}


def log(folder: Path, store: Store, name: str, **fields: float) -> None:
    records = traffic_of({}, {"traffic": [{**HOURLY, **fields}]}).first
    named = [{**record, "request_id": f"{name}-{record['request_id']}"} for record in records]
    ingest(store, [str(write_log(folder / f"{name}.jsonl", named))])


def expected(
    store: Store, memory: Memory | None, now: datetime = NOON, text: str = BOOK, budgets: tuple[Budget, ...] = ()
) -> dict[date, float]:
    settings = expecting_now(AlertSettings(), budgets, store.price(book_of(text)), now, memory)
    (rule,) = (rule for rule in settings.rules if rule.name == "daily-spend")
    return dict(rule.expected)


def test_what_comes_late_moves_no_limit_before_the_next_day(tmp_path: Path, store: Store) -> None:
    monday, tuesday = NOON.date(), NOON.date() + timedelta(days=1)
    log(tmp_path, store, "search")
    with Memory(tmp_path / "state") as memory:
        # of Sunday thirteen whole days are known
        assert {monday: 24} == expected(store, memory)
        # as much again, from the first of all on
        log(tmp_path, store, "other", until=0)
        assert {monday: 24} == expected(store, memory)
        assert {monday: 24, tuesday: 48} == expected(store, memory, NOON + timedelta(days=1))
    assert {monday: 48} == expected(store, None)


def test_other_prices_are_another_day(tmp_path: Path, store: Store) -> None:
    log(tmp_path, store, "search")
    with Memory(tmp_path / "state") as memory:
        assert [24] == [*expected(store, memory).values()]
        assert [48] == [*expected(store, memory, text=BOOK.replace("input: 10", "input: 20")).values()]


def test_a_day_with_a_budget_has_nothing_expected(tmp_path: Path, store: Store) -> None:
    log(tmp_path, store, "search")

    assert {} == expected(store, None, budgets=(Budget(None, None, "day", Decimal(100)),))
    assert [24] == [*expected(store, None, budgets=(Budget(None, None, "month", Decimal(100)),)).values()]
