"""What a period will have cost at its end: what is spent, and what days like the past ones would add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import sqrt

LEAST_DAYS = 7
MOST_DAYS = 28
WEEK = 7
MICRO = Decimal("0.000001")
# Student's t, 97.5 %, by degrees of freedom from 6: any statistical table
T = (2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080)
T_FROM = 6


@dataclass(frozen=True)
class Forecast:
    """The end of a period: USD spent so far, expected at the end, and the bounds that hold 95 times of 100.

    The bounds are None where fewer than 7 whole days are known. `days_left` counts the days that are expected.
    """

    spent_usd: Decimal
    expected_usd: Decimal | None
    low_usd: Decimal | None
    high_usd: Decimal | None
    days_left: int


def forecast(costs: Mapping[date, Decimal], today: date, first: date, last: date) -> Forecast:
    """Forecast the sum of the days `first`..`last` from the cost of each day up to `today`, which is not over.

    Days without an entry cost nothing. Up to 28 whole days before today, not the first of all, are the past. Where
    there are two whole weeks of them each weekday has a mean of its own, else all days have one. The interval is that
    of a sum of days which vary as the past ones do around these means, with the doubt about the means themselves; it
    knows of no trend.
    """
    spent = sum((cost for day, cost in costs.items() if first <= day <= min(today, last)), Decimal(0))
    past = whole_days(costs, today)
    left = [today + timedelta(days=number) for number in range((last - today).days + 1)] if today >= first else []
    if not past or not left:
        return Forecast(spent, spent if not left else None, None, None, len(left))
    means = means_of(past)
    begun = costs.get(today, Decimal(0))
    # what today has already cost stands in `spent`
    rest = max(means[today.weekday()] - float(begun), 0.0) + sum(means[day.weekday()] for day in left[1:])
    expected = spent + Decimal(rest)
    if len(past) < LEAST_DAYS:
        return Forecast(spent, rounded(expected), None, None, len(left))
    spread = Decimal(half_width(past, means, left))
    return Forecast(
        spent, rounded(expected), rounded(max(expected - spread, spent)), rounded(expected + spread), len(left)
    )


def whole_days(costs: Mapping[date, Decimal], today: date) -> dict[date, float]:
    """Take the whole days before today, 28 at most; the first day of the logs has hardly begun at midnight."""
    if not costs:
        return {}
    start = max(min(costs) + timedelta(days=1), today - timedelta(days=MOST_DAYS))
    return {
        day: float(costs.get(day, 0))
        for day in (start + timedelta(days=number) for number in range((today - start).days))
    }


def means_of(past: Mapping[date, float]) -> dict[int, float]:
    """Give each weekday its mean, or all of them the same where two weeks are not known."""
    if len(past) < 2 * WEEK:
        return dict.fromkeys(range(WEEK), sum(past.values()) / len(past))
    of_weekday = {weekday: [cost for day, cost in past.items() if day.weekday() == weekday] for weekday in range(WEEK)}
    return {weekday: sum(found) / len(found) for weekday, found in of_weekday.items()}


def half_width(past: Mapping[date, float], means: Mapping[int, float], left: list[date]) -> float:
    """Give half the 95 % interval of the sum of the days that are left."""
    weekly = len(past) >= 2 * WEEK
    freedom = len(past) - (WEEK if weekly else 1)
    variance = sum((cost - means[day.weekday()]) ** 2 for day, cost in past.items()) / freedom
    # each day varies, and each mean is itself a guess that all its days share
    doubts = 0.0
    for weekday in range(WEEK) if weekly else (None,):
        ahead = sum(1 for day in left if weekday is None or day.weekday() == weekday)
        seen = sum(1 for day in past if weekday is None or day.weekday() == weekday)
        doubts += ahead**2 / seen
    return T[min(freedom, T_FROM + len(T) - 1) - T_FROM] * sqrt(variance * (len(left) + doubts))


def rounded(amount: Decimal) -> Decimal:
    """Round an estimate: more digits would claim what nobody knows."""
    return amount.quantize(MICRO)
