"""What a snapshot says, worked out by hand: an input token costs 10 USD a million, a cached one 1, an output one 20."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from llmcost.alerts.rules import AlertSettings
from llmcost.ingest import ingest
from llmcost.report.budget import Budget
from llmcost.store import Store
from llmcost.watch.snapshot import Snapshot, Spend
from llmcost.watch.watching import Settings, Watching
from tests.logs import Record, write_log
from tests.shelves import book_of

BOOK = """\
format: llmcost-pricing/1
models:
  - {provider: acme, model: m, prices: [{input: 10, output: 20, cache_read: 1}]}
"""
NOW = datetime(2026, 3, 2, 12, 2)
SETTINGS = Settings(book_of(BOOK), AlertSettings(rules=()))


class Watched:
    """A store that is looked at at times that a test sets."""

    def __init__(self, store: Store, folder: Path, settings: Settings) -> None:
        self.store, self.folder, self.now = store, folder, NOW
        self.watching = Watching(settings, folder / "alerts.sqlite", lambda: self.now)
        self.files = 0

    def snapshot(self, *records: Record, at: datetime = NOW) -> Snapshot:
        """Read these records too, and say what is known at a time."""
        self.now = at
        if records:
            self.files += 1
            ingest(self.store, [str(write_log(self.folder / f"{self.files}.jsonl", records))])
        self.watching.look(self.store)
        return self.watching.snapshot()


@pytest.fixture
def watched(store: Store, tmp_path: Path) -> Watched:
    return Watched(store, tmp_path, SETTINGS)


def spent(usd: float, ended: datetime = NOW, lasts: float = 1, **fields: Any) -> Record:
    """Invent a request of so many dollars."""
    usual = {"llmcost": 1, "gateway": "g", "status": "ok", "provider_name": "acme", "request_model": "m"}
    times = {"started_at": f"{(ended - timedelta(seconds=lasts)).isoformat()}Z", "ended_at": f"{ended.isoformat()}Z"}
    return {**usual, **times, "input_tokens": round(usd * 100_000), "output_tokens": 0} | fields


def usd(*amounts: Decimal | None) -> tuple[float | None, ...]:
    """Give exact amounts as plain numbers to compare with."""
    return tuple(None if amount is None else float(amount) for amount in amounts)


def test_the_last_hour_are_twelve_slots_and_today_begins_at_midnight(watched: Watched) -> None:
    found = watched.snapshot(
        spent(1, datetime(2026, 3, 1, 23, 59)),
        spent(2, datetime(2026, 3, 2, 0, 0)),
        spent(4, datetime(2026, 3, 2, 11, 4, 59)),
        spent(8, datetime(2026, 3, 2, 11, 5)),
        spent(16, datetime(2026, 3, 2, 12, 1, 30)),
    )

    assert Spend(None, Decimal(24), Decimal(30), 2, 4, 0, 0) == found.total
    assert (datetime(2026, 3, 2, 12, 1, 30), 30) == (found.data_until, found.age_s)


def test_a_request_counts_when_it_ended(watched: Watched) -> None:
    found = watched.snapshot(spent(1, datetime(2026, 3, 2, 0, 10), lasts=1200))

    assert (Decimal(1), 1) == (found.total.today_usd, found.total.today_requests)


def test_each_model_key_and_project_has_its_own_the_dearest_of_the_hour_first(watched: Watched) -> None:
    found = watched.snapshot(
        spent(1, api_key_alias="search", project_id="p"),
        spent(3, api_key_alias="chat"),
        spent(5, NOW - timedelta(hours=3), api_key_alias="search"),
        spent(7, request_model="unheard-of", api_key_alias="chat"),
    )

    assert [("chat", 3, 3, 2, 1), ("search", 1, 6, 1, 0)] == [
        (one.name, *usd(one.hour_usd, one.today_usd), one.hour_requests, one.today_unpriced) for one in found.keys
    ]
    assert [("m", 4), ("unheard-of", None)] == [(one.name, *usd(one.hour_usd)) for one in found.models]
    assert [(None, 3), ("p", 1)] == [(one.name, *usd(one.hour_usd)) for one in found.projects]


def test_where_nobody_names_a_project_there_are_none(watched: Watched) -> None:
    assert () == watched.snapshot(spent(1)).projects


def test_the_usual_is_the_median_of_this_hour_of_seven_days(watched: Watched) -> None:
    days = [spent(usd, NOW - timedelta(days=day)) for day, usd in enumerate([1, 2, 3, 4, 50, 60, 70], 1)]

    # logs had begun before the first of them
    assert 4 == watched.snapshot(*days, spent(0, NOW - timedelta(days=7, hours=3))).usual_hour_usd


def test_with_two_known_days_nothing_is_usual(watched: Watched) -> None:
    first = NOW - timedelta(days=2, hours=2)

    assert watched.snapshot(spent(1, first)).usual_hour_usd is None
    # what is logged days late is looked for once a minute
    assert watched.snapshot(spent(1, first - timedelta(days=1))).usual_hour_usd is None
    assert 0 == watched.snapshot(at=NOW + timedelta(minutes=1)).usual_hour_usd


def test_what_today_will_cost_is_what_past_days_did(watched: Watched) -> None:
    days = [spent(10, NOW - timedelta(days=day)) for day in range(1, 11)]
    found = watched.snapshot(*days, spent(4))

    # nine whole days, all alike: the oldest had hardly begun
    assert (4, 10) == usd(found.total.today_usd, found.day.expected_usd)
    assert (10, 10) == usd(found.day.low_usd, found.day.high_usd)


def test_late_requests_are_counted_where_they_belong(watched: Watched) -> None:
    watched.snapshot(spent(1, NOW - timedelta(hours=3)))
    found = watched.snapshot(spent(2, NOW - timedelta(hours=4)), spent(4, NOW - timedelta(hours=14)))

    assert 3 == found.total.today_usd
    assert 3 == watched.snapshot().total.today_usd


def test_a_request_that_a_fuller_record_replaces_counts_once(watched: Watched) -> None:
    watched.snapshot(spent(1, request_id="a"))

    assert Decimal("3.00") == watched.snapshot(spent(3, request_id="a")).total.today_usd


def test_an_hour_passes_without_a_look_at_the_store(watched: Watched) -> None:
    watched.snapshot(spent(1))
    watched.now = NOW + timedelta(hours=1)
    found = watched.watching.snapshot()

    assert (0, 1) == usd(found.total.hour_usd, found.total.today_usd)


def test_what_ends_in_the_future_counts_when_it_is_there(watched: Watched) -> None:
    later = NOW + timedelta(minutes=10)

    assert 0 == watched.snapshot(spent(1, later)).total.today_usd
    assert 1 == watched.snapshot(at=later).total.today_usd


def test_at_midnight_a_day_begins_and_the_hour_before_it_still_counts(watched: Watched) -> None:
    midnight = datetime(2026, 3, 3)
    watched.snapshot(spent(1, midnight - timedelta(hours=2)), at=midnight - timedelta(minutes=30))
    found = watched.snapshot(
        spent(2, midnight - timedelta(minutes=20)),
        spent(4, midnight + timedelta(minutes=1)),
        at=midnight + timedelta(minutes=2),
    )

    assert (6, 4) == usd(found.total.hour_usd, found.total.today_usd)
    assert {date(2026, 3, 2): Decimal(3)} == watched.watching.sums.days[0, None]


@pytest.mark.parametrize(("at", "hours"), [(datetime(2026, 3, 29, 22), 23), (datetime(2026, 10, 25, 23), 25)])
def test_a_local_day_has_the_hours_that_it_has(store: Store, tmp_path: Path, at: datetime, hours: int) -> None:
    """Berlin leaves out an hour on 29 March, and has one twice on 25 October."""
    settings = replace(SETTINGS, alerts=AlertSettings(rules=(), zone=ZoneInfo("Europe/Berlin")))
    every_hour = [spent(1, at - timedelta(hours=hour, minutes=30)) for hour in range(48)]
    found = Watched(store, tmp_path, settings).snapshot(*every_hour, at=at - timedelta(minutes=1))

    assert hours == found.total.today_requests


def test_the_usual_of_a_local_hour_is_that_of_the_clock_on_the_wall(store: Store, tmp_path: Path) -> None:
    zone = ZoneInfo("Europe/Berlin")
    settings = replace(SETTINGS, alerts=AlertSettings(rules=(), zone=zone))
    at = datetime(2026, 3, 30, 9, 2, tzinfo=zone)
    # at nine in Berlin, in winter 08:00 UTC, from the 29th on 07:00
    days = [
        spent(5, datetime(2026, 3, 30 - day, 9, 1, tzinfo=zone).astimezone(UTC).replace(tzinfo=None))
        for day in range(1, 9)
    ]
    found = Watched(store, tmp_path, settings).snapshot(*days, at=at.astimezone(UTC).replace(tzinfo=None))

    assert 5 == found.usual_hour_usd


def test_budgets_stand_with_what_is_spent_and_expected(store: Store, tmp_path: Path) -> None:
    budgets = (
        Budget(None, None, "day", Decimal(20)),
        Budget("key", "search", "day", Decimal(5)),
        Budget("key", None, "month", Decimal(100)),
    )
    watched = Watched(store, tmp_path, replace(SETTINGS, budgets=budgets))
    days = [spent(10, NOW - timedelta(days=day), api_key_alias="search") for day in range(1, 11)]
    found = watched.snapshot(*days, spent(4, api_key_alias="search"), spent(1, api_key_alias="chat"))

    assert [
        ("key=search", "2026-03-02", 5, 4, 10, "80 %"),
        ("all", "2026-03-02", 20, 5, 10, "ok"),
        # the first of March, and today; 29 days more of ten
        ("key=search", "2026-03", 100, 14, 310, "will exceed"),
        ("key=chat", "2026-03", 100, 1, None, "ok"),
    ] == [
        (one.name, one.period, *usd(one.limit_usd, one.spent_usd, one.expected_usd), one.mark) for one in found.budgets
    ]


def test_caches_say_their_share_and_what_they_saved(watched: Watched) -> None:
    found = watched.snapshot(
        spent(1, input_tokens=1000, cache_read_input_tokens=600),
        spent(1, NOW - timedelta(hours=2), input_tokens=1000, cache_read_input_tokens=0),
        spent(1, input_tokens=5000),
    )

    # 600 tokens at 1 USD a million, where 10 were due
    assert (0.6, 0.3, Decimal("0.0054")) == (
        found.cache.hour_share,
        found.cache.today_share,
        found.cache.saved_usd,
    )
    assert ["m"] == [one.model for one in found.caches]


def test_where_no_log_tells_of_caches_nothing_is_known_of_them(watched: Watched) -> None:
    found = watched.snapshot(spent(1)).cache

    assert (None, None, None) == (found.hour_share, found.today_share, found.gateway_hits)


def test_latency_is_that_of_the_hour_in_steps_of_five_percent(watched: Watched) -> None:
    answers = [spent(0, lasts=seconds) for seconds in [1] * 90 + [10] * 8 + [100] * 2]
    failed = spent(0, lasts=500, status="error", error_type="timeout")
    (found,) = watched.snapshot(*answers, failed).speeds

    assert ("acme", "m", 100) == (found.provider, found.model, found.answers)
    assert [1000, 10_000, 100_000] == pytest.approx([found.p50_ms, found.p95_ms, found.p99_ms], rel=0.03)
    assert (None, None) == (found.first_p50_ms, found.first_p95_ms)


def test_the_wait_for_the_first_token_stands_beside(watched: Watched) -> None:
    first = f"{(NOW - timedelta(seconds=3)).isoformat()}Z"
    (found,) = watched.snapshot(spent(0, lasts=5, is_stream=True, first_token_at=first)).speeds

    assert [2000, 5000] == pytest.approx([found.first_p50_ms, found.p50_ms], rel=0.03)


def test_what_the_gateway_refused_is_no_failure_of_the_provider(watched: Watched) -> None:
    limited: Record = {"status": "error", "error_type": "RateLimitError", "http_status_code": 429}
    found = watched.snapshot(
        *[spent(0) for _ in range(40)],
        *[spent(0, **limited) for _ in range(10)],
        *[spent(0, status="error", error_type="refused_by_gateway") for _ in range(50)],
    )
    (health,) = found.health

    assert ("failing", 50, 10, 50, 0.2) == (
        health.word,
        health.requests,
        health.errors,
        health.refused,
        health.error_share,
    )
    assert (("rate_limit", 10),) == health.kinds
    assert 10 == found.total.hour_errors


@pytest.mark.parametrize(
    ("minutes", "errors", "answers", "word"),
    [(1, 0, 5, "ok"), (1, 1, 5, "some errors"), (1, 4, 0, "some errors"), (1, 5, 0, "failing"), (40, 5, 0, "quiet")],
)
def test_a_provider_is_judged_by_the_last_quarter_of_an_hour(
    watched: Watched, minutes: int, errors: int, answers: int, word: str
) -> None:
    at = NOW - timedelta(minutes=minutes)
    failed = [spent(0, at, status="error", http_status_code=500) for _ in range(errors)]
    found = watched.snapshot(*failed, *[spent(0, at) for _ in range(answers)])

    assert [word] == [health.word for health in found.health]


def test_only_what_is_asked_for_is_summed(store: Store, tmp_path: Path) -> None:
    watched = Watched(store, tmp_path, replace(SETTINGS, where=("key=search",)))
    found = watched.snapshot(spent(1, api_key_alias="search"), spent(2, api_key_alias="chat"))

    assert (1, ["search"]) == (*usd(found.total.today_usd), [one.name for one in found.keys])


def test_data_that_is_old_is_said_to_be_old(watched: Watched) -> None:
    assert NOW - timedelta(days=90) == watched.snapshot(spent(1, NOW - timedelta(days=90))).data_until


def test_an_empty_store_is_no_error(watched: Watched) -> None:
    found = watched.snapshot()

    assert (None, None, 0) == (found.data_until, found.age_s, found.total.today_requests)


def test_alerts_that_fire_and_that_are_pending_stand_with_their_sentences(store: Store, tmp_path: Path) -> None:
    watched = Watched(store, tmp_path, replace(SETTINGS, alerts=AlertSettings()))
    usual = [
        spent(1, NOW - timedelta(hours=hour, minutes=2), api_key_alias=key)
        for hour in range(1, 24 * 8)
        for key in ("search", "chat")
    ]
    more = [spent(10, NOW + timedelta(minutes=minute), api_key_alias="search") for minute in range(1, 30)]
    watched.snapshot(*usual)
    pending = watched.snapshot(*more, at=NOW + timedelta(minutes=10))
    told = watched.watching.take_sent()
    firing = watched.snapshot(at=NOW + timedelta(minutes=25))

    assert ([], ["cost-spike/all", "cost-spike/key=search"]) == (
        told,
        [alert.alert for alert in pending.alerts_that("pending")],
    )
    assert pending.alerts[1].text.startswith("key search spent $70.00 in the hour to 2026-03-02 12:10 UTC, over $5.00")
    assert ["cost-spike/all", "cost-spike/key=search"] == [alert.alert for alert in firing.alerts_that("firing")]
    assert ["firing", "firing"] == [message["event"] for message in watched.watching.take_sent()]
    assert [] == watched.watching.take_sent()
