"""What docs/reports.md says of budgets and of the end of a month, in fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import sqrt
from typing import Any

from tests.oracles.figures import student
from tests.oracles.money import Request, cost
from tests.oracles.views import spent

Costs = Mapping[date, Fraction]


@dataclass(frozen=True)
class Expected:
    """USD at the end of a period, and how far off it may be; None where too little is known."""

    spent: Fraction
    expected: Fraction | None
    half_width: float | None
    days_left: int


def expected(costs: Costs, today: date, first: date, last: date) -> Expected:
    """Forecast the days `first`..`last` on `today`, of which nothing but its beginning is known."""
    so_far = sum((usd for day, usd in costs.items() if first <= day <= today), Fraction(0))
    ahead = [today + timedelta(days=n) for n in range((last - today).days + 1)]
    past = past_days(costs, today)
    if not past:
        return Expected(so_far, None, None, len(ahead))
    alike = {day: [other for other in past if are_alike(day, other, past)] for day in {*past, *ahead}}
    means = {day: mean([costs.get(other, Fraction(0)) for other in others]) for day, others in alike.items()}
    # today is the one that has begun: only what it lacks of its mean is still to come
    to_come = max(means[today] - costs.get(today, Fraction(0)), Fraction(0)) + sum(means[day] for day in ahead[1:])
    width = half_width(costs, past, ahead, alike, means) if len(past) >= 7 else None
    return Expected(so_far, so_far + to_come, width, len(ahead))


def mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def past_days(costs: Costs, today: date) -> list[date]:
    """List the days that are over, four weeks at most, without the first on which anything was logged."""
    days = [today - timedelta(days=n) for n in range(1, 29)]
    return [day for day in days if costs and day > min(costs)]


def are_alike(day: date, other: date, past: Sequence[date]) -> bool:
    return len(past) < 14 or day.weekday() == other.weekday()


def half_width(
    costs: Costs,
    past: Sequence[date],
    ahead: Sequence[date],
    alike: Mapping[date, Sequence[date]],
    means: Mapping[date, Fraction],
) -> float:
    """Bound the sum of days to come: each varies by itself, and days alike share the error of one mean."""
    freedom = len(past) - (7 if len(past) >= 14 else 1)
    variance = sum((costs.get(day, Fraction(0)) - means[day]) ** 2 for day in past) / freedom
    # the error of a mean over n days has a variance of 1/n, and the errors of two days alike are the same one
    shared = sum(Fraction(1, len(alike[one])) for one in ahead for two in ahead if set(alike[one]) == set(alike[two]))
    return student(freedom) * sqrt(variance * (len(ahead) + shared))


def budget_row(requests: Sequence[Request], today: date, period: str, limit: Fraction | None) -> dict[str, Any]:
    """Hold what these requests cost against a limit for the day or the month that `today` is in; days are UTC's."""
    first = today if period == "day" else today.replace(day=1)
    last = today if period == "day" else next_month(today) - timedelta(days=1)
    inside = [r for r in requests if first <= r["started_at"].date() <= last]
    costs = {day: spent(r for r in requests if r["started_at"].date() == day) or Fraction(0) for day in days(requests)}
    found = expected(costs, today, first, last)
    return {
        "period": str(today) if period == "day" else str(today)[:7],
        "spent_usd": found.spent,
        "spent_share": found.spent / limit if limit else None,
        "mark": None if limit is None else mark(found, limit),
        "expected_usd": found.expected,
        "days_left": found.days_left,
        "requests": len(inside),
        "unpriced_requests": sum(cost(r) is None for r in inside),
    }


def days(requests: Sequence[Request]) -> set[date]:
    return {r["started_at"].date() for r in requests}


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def mark(found: Expected, limit: Fraction) -> str:
    if found.spent >= limit:
        return "100 %"
    if found.spent >= limit * Fraction(8, 10):
        return "80 %"
    return "will exceed" if found.expected is not None and found.expected > limit else "ok"
