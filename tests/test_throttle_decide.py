"""Who is throttled: each rule that keeps a key from it, and beside it the same case in which it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from llmcost.alerts.daily import start_of
from llmcost.throttle.decide import decide
from llmcost.throttle.register import ACTIVE, BY_HAND, BY_SOMEBODY, DRY, MIDNIGHT, RELEASED, RELEASING, Throttle
from llmcost.throttle.spent import KeySpent, Looked, Wanted, local_day_of

NOW, TODAY = datetime(2026, 3, 2, 12), date(2026, 3, 2)
BUDGET = Wanted("search", Decimal(10), TODAY)
SPENT = KeySpent("search", "h1", Decimal("12.3"))
OVER = Looked((BUDGET,), (SPENT,), NOW - timedelta(minutes=1))
ROW = Throttle("h1", TODAY, "search", "litellm", "limit", 2, NOW, "", state=ACTIVE)


def said(looked: Looked, *rows: Throttle, never: tuple[str, ...] = ()) -> list[tuple[str, bool, str]]:
    return [(one.hash, one.begins, one.reason) for one in decide(looked, rows, never, NOW, UTC)]


def test_a_key_over_its_budget_of_today_is_throttled() -> None:
    assert [("h1", True, "spent $12.30 of its daily budget of $10.00")] == said(OVER)


@pytest.mark.parametrize(
    ("looked", "why"),
    [
        (
            replace(OVER, wanted=(replace(BUDGET, day=date(2026, 3, 1)),)),
            "its budget was spent on 2026-03-01, which is not today",
        ),
        (
            replace(OVER, newest=NOW - timedelta(minutes=15, seconds=1)),
            "no request ended in the last 15 minutes (the newest at 2026-03-02 11:44 UTC): logs may be late",
        ),
        (replace(OVER, newest=None), "no request ended in the last 15 minutes (nothing): logs may be late"),
        (
            replace(OVER, spent=(replace(SPENT, cost_usd=Decimal("9.99")),)),
            "it spent $9.99 of its daily budget of $10.00 by what is known now",
        ),
        (
            replace(OVER, spent=(replace(SPENT, id=None),)),
            "its logs have no id of the API key, which the gateway would know it by",
        ),
    ],
)
def test_a_key_is_left_alone_and_it_is_said_why(looked: Looked, why: str) -> None:
    assert [("", False, why)] == said(looked)


def test_the_edges_of_these_rules_still_throttle() -> None:
    newest = replace(OVER, newest=NOW - timedelta(minutes=15))
    exact = replace(OVER, spent=(replace(SPENT, cost_usd=Decimal(10)),))

    assert [True, True] == [said(looked)[0][1] for looked in (newest, exact)]


@pytest.mark.parametrize("name", ["search", "h1"])
def test_who_is_never_throttled_is_named_by_key_or_by_hash(name: str) -> None:
    assert [("h1", False, "`never` names it")] == said(OVER, never=(name,))
    assert said(OVER, never=("other",))[0][1]


@pytest.mark.parametrize("how", [BY_HAND, BY_SOMEBODY])
def test_whom_somebody_released_is_not_throttled_again_that_day(how: str) -> None:
    row = replace(ROW, state=RELEASED, how=how)

    assert [("h1", False, "somebody released it today")] == said(OVER, row)
    assert said(OVER, replace(row, day=date(2026, 3, 1)))[0][1]


def test_who_is_throttled_already_is_not_spoken_of() -> None:
    assert ([], []) == (said(OVER, ROW), said(OVER, replace(ROW, state=RELEASING, day=date(2026, 3, 1))))
    # what only would have been done, or was over at midnight, keeps nobody from it
    assert [True, True] == [
        said(OVER, row)[0][1] for row in (replace(ROW, state=DRY), replace(ROW, state=RELEASED, how=MIDNIGHT))
    ]


def test_three_at_once_are_those_that_spent_most_of_their_budgets() -> None:
    names = ["a", "b", "c", "d", "e"]
    looked = Looked(
        tuple(Wanted(name, Decimal(10), TODAY) for name in names),
        tuple(KeySpent(name, f"h-{name}", Decimal(20 + at)) for at, name in enumerate(names)),
        NOW,
    )
    found = said(looked)

    assert ["h-e", "h-d", "h-c"] == [hash for hash, begins, _ in found if begins]
    assert {"3 keys are throttled at once, and no more"} == {why for _, begins, why in found if not begins}
    assert ["h-e", "h-d"] == [hash for hash, begins, _ in said(looked, ROW) if begins]


def test_what_several_api_keys_of_a_key_spent_counts_together_and_each_is_throttled() -> None:
    halves = (replace(SPENT, cost_usd=Decimal(6)), KeySpent("search", "h2", Decimal(5)))

    assert [("h1", True), ("h2", True)] == [found[:2] for found in said(replace(OVER, spent=halves))]


def test_midnight_is_that_of_the_zone_also_on_the_days_that_the_clock_changes() -> None:
    berlin, santiago = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Santiago")

    assert date(2026, 3, 30) == local_day_of(datetime(2026, 3, 29, 22, 30), berlin)
    # 23 and 25 hours long
    assert [
        datetime(2026, 3, 28, 23),
        datetime(2026, 3, 29, 22),
        datetime(2026, 10, 24, 22),
        datetime(2026, 10, 25, 23),
    ] == [start_of(date(2026, *day), berlin) for day in ((3, 29), (3, 30), (10, 25), (10, 26))]
    # the clock goes from 24:00 to 1:00: the day begins then
    assert datetime(2026, 9, 6, 4) == start_of(date(2026, 9, 6), santiago)
