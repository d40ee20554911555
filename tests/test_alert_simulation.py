"""How often the founding rules of cost are wrong, and how soon that of a key is right, on invented traffic of weeks.

Equal seeds make equal traffic: weeks of a team's keys in slots of five minutes, with the rhythm of office hours,
of consumers or of a nightly batch. A runaway spends ten times as much from a moment on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import cache

import numpy as np
import pytest

from llmcost.alerts.expected import costs_of, expected_of
from llmcost.alerts.judge import EVERY_REQUEST, Judging, judge
from llmcost.alerts.machine import FIRED
from llmcost.alerts.rules import Rule, founding_rules
from llmcost.alerts.slots import EPOCH, History, Numbers, end_of
from llmcost.report.forecast import MOST_DAYS
from tests.conftest import ROOT

HOUR, DAY = 12, 288
WEEK, SIZE = 7 * DAY, 6 * 7 * DAY
FIRST = 2 * WEEK
MONTH = 30 * DAY
RUNS, KEYS, USD_AN_HOUR = 16, 12, 40.0
SPIKE = next(rule for rule in founding_rules() if (rule.name, rule.by) == ("cost-spike", "key"))
DAILY = next(rule for rule in founding_rules() if rule.name == "daily-spend")
# days that are known before the first that is judged, which is not the first of all
PAST = MOST_DAYS + 1
MEAN = replace(SPIKE, baseline="mean_7d", hold=0, floor=0)


def rhythm(kind: str) -> Numbers:
    """Give how busy each slot is."""
    slot = np.arange(SIZE)
    hour, weekday = (slot % DAY) / HOUR, (slot // DAY) % 7
    day = np.exp(-0.5 * ((hour - 14) / 3.5) ** 2)
    if kind == "office":
        return np.where(weekday >= 5, 0.06, 1.0) * (0.03 + day)
    if kind == "batch":
        return 0.15 + 0.5 * day * np.where(weekday >= 5, 0.4, 1) + np.where((hour >= 2) & (hour < 3), 6.0, 0.0)
    growth = np.exp(0.14 * slot / WEEK) if kind == "growth" else 1.0
    return np.asarray((0.25 + day) * np.where(weekday >= 5, 1.15, 1.0) * growth)


def spend(chance: np.random.Generator, kind: str) -> Numbers:
    """Invent what each key spends in each slot: shares like 1/rank, drifts of each key, bursts, prices of all sizes."""
    share = 1 / np.arange(1, KEYS + 1)
    base = rhythm(kind)
    mean = USD_AN_HOUR / HOUR * (share / share.sum())[:, None] * base / base[:WEEK].mean()
    steps = SIZE // (6 * HOUR) + 1
    walk = np.clip(np.cumsum(chance.normal(0, 0.06, (KEYS, steps)), axis=1) * 0.5, -0.7, 0.7)
    drift = np.exp([np.interp(np.arange(SIZE), np.arange(steps) * 6 * HOUR, one) for one in walk])
    requests = chance.poisson(chance.gamma(3, 1 / 3, (KEYS, SIZE)) * mean * drift / 0.02)
    return np.asarray(requests * 0.02 * chance.lognormal(-0.08, 0.4, (KEYS, SIZE)))


def alarms(rule: Rule, costs: dict[str, Numbers]) -> dict[str, list[int]]:
    """Judge weeks of keys, of which the first two are history; give the slots in which each is told of."""
    rows = {name: np.array([(slot, 0, 1, cost, 1) for slot, cost in enumerate(each)]) for name, each in costs.items()}
    some = {"all": np.array([(slot, 0, 1, 1, 1) for slot in range(SIZE)], dtype=np.float64)}
    history = History(0, SIZE - 1, {EVERY_REQUEST: some, (rule.metric, rule.by): rows})
    found = judge(history, (rule,), {}, Judging(FIRST, SIZE - 1, EPOCH))
    told: dict[str, list[int]] = {name: [] for name in costs}
    for event in found.events:
        if event.event == FIRED:
            slot = round((event.reading.at - end_of(0)).total_seconds()) // 300
            told[event.alert.name].append(slot)
    return told


@dataclass(frozen=True)
class Quality:
    """False alarms of a key in a month, the share of runaways found within a day, and the median minutes it took."""

    false: float
    found: float
    minutes: float

    @property
    def row(self) -> str:
        """Write it as the documentation does."""
        return f"{self.false:.1f} / {self.minutes:.0f} / {self.found:.0%}".replace("%", " %")


@cache
def quality(rule: Rule, kind: str) -> Quality:
    """Try a rule on quiet weeks, and on the same with a runaway in one of three keys, large or small."""
    chance, false, delays = np.random.default_rng(7), 0, []
    for _ in range(RUNS):
        costs = spend(chance, kind)
        at, rank = FIRST + int(chance.integers(0, 3 * WEEK)), int(chance.choice([0, 2, 6]))
        runaway = costs[rank].copy()
        runaway[at:] *= 10
        told = alarms(rule, {"quiet": costs[rank], "runaway": runaway})
        false += len(told["quiet"])
        # an alarm that the quiet weeks have as well finds nothing
        hits = [slot for slot in told["runaway"] if slot >= at and slot not in told["quiet"]]
        delays.append((hits[0] - at) * 5 if hits else float("inf"))
    minutes = np.array(delays)
    return Quality(false / RUNS * MONTH / (SIZE - FIRST), float(np.mean(minutes <= 1440)), float(np.median(minutes)))


KINDS = {"consumer": "consumers", "office": "office hours", "batch": "nightly batch", "growth": "15 % more a week"}


@cache
def days_told(rule: Rule, kind: str) -> float:
    """Judge the last days of quiet weeks by what is expected of each; give how many in a month are told of."""
    chance, days = (
        np.random.default_rng(11),
        [date(1970, 1, 1) + timedelta(days=day) for day in range(PAST, SIZE // DAY)],
    )
    told: list[tuple[int, date]] = []
    for run in range(RUNS):
        total = spend(chance, kind).sum(axis=0)
        some = {"all": np.array([(slot, 0, 1, cost, 1) for slot, cost in enumerate(total)])}
        history = History(0, SIZE - 1, {EVERY_REQUEST: some, (DAILY.metric, DAILY.by): some})
        expected = expected_of(costs_of(enumerate(map(Decimal, total)), UTC), days)
        ready = replace(rule, expected=tuple((day, usd) for day, usd in expected.items() if usd is not None))
        found = judge(history, (ready,), {}, Judging(PAST * DAY, SIZE - 1, EPOCH))
        told += {(run, event.reading.at.date()) for event in found.events}
    return len(told) / RUNS / len(days) * 30


def daily_rows() -> list[str]:
    """Write the table of the documentation."""
    found = ["| traffic | `daily-spend` | with `times: 1` | with `times: 1, warn: 100%` |\n|---|---|---|---|"]
    rules = (DAILY, replace(DAILY, times=1), replace(DAILY, times=1, warn=1))
    return found + [
        f"| {name} | {' | '.join(f'{days_told(rule, kind):.1f}' for rule in rules)} |" for kind, name in KINDS.items()
    ]


def rows() -> list[str]:
    """Write the table of the documentation."""
    found = ["| traffic | `cost-spike` | the same with `baseline: mean_7d`, without floor and `for` |\n|---|---|---|"]
    return found + [
        f"| {name} | {quality(SPIKE, kind).row} | {quality(MEAN, kind).row} |" for kind, name in KINDS.items()
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_with_steady_traffic_is_told_of_at_most_every_other_month_and_runaways_are_found(kind: str) -> None:
    found = quality(SPIKE, kind)

    assert found.false <= 0.5
    assert found.found >= 0.75


@pytest.mark.parametrize("kind", KINDS)
def test_days_of_steady_traffic_are_told_of_at_most_every_other_month(kind: str) -> None:
    assert days_told(DAILY, kind) <= 0.5


def test_the_documentation_has_the_tables() -> None:
    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")

    # they take twenty seconds to work out: once, here, and are pasted from what this says
    assert "\n".join(rows()) in page
    assert "\n".join(daily_rows()) in page
