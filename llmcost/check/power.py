"""Which changes can be seen: how many cases or runs a change of all cases needs, at the noise that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from llmcost.check.decision import MANY, SHARES, Limits
from llmcost.check.sides import CaseRuns
from llmcost.check.statistics import NORMAL

CHANGES = (0.05, 0.1, 0.2, 0.5)
POWERS = (0.8, 0.9)
MOST = 1_000_000


@dataclass(frozen=True)
class Noise:
    """How much the cost of a run of one case varies: the standard deviation of its logarithm, and of how many runs.

    `evenness` is 1 where all cases cost the same, and little where a few of them are most of the whole.
    """

    spread: float
    runs: int
    evenness: float = 1.0


def evenness(costs: Sequence[float]) -> float:
    """Measure which share of the cases would make the whole vary as much if they all cost the same."""
    squares = sum(cost**2 for cost in costs)
    return sum(costs) ** 2 / squares / len(costs) if squares else 1.0


@dataclass(frozen=True)
class Seen:
    """How likely a change of all cases is seen, and what it takes to see it 80 or 90 % of the time (None: nothing)."""

    change: float
    share: float
    cases: tuple[int | None, ...]
    runs: tuple[int | None, ...]


def noise_within(tried: Iterable[CaseRuns]) -> Noise | None:
    """Measure the noise of cases that have several runs with a cost; None where none has."""
    logs = [np.log([float(run.cost) for run in one.runs if run.cost]) for one in tried]
    several = [values for values in logs if len(values) > 1]
    if not several:
        return None
    squares = sum(float(((values - values.mean()) ** 2).sum()) for values in several)
    freedom = sum(len(values) - 1 for values in several)
    return Noise(sqrt(squares / freedom), freedom + len(several))


def noise_between(pairs: Sequence[tuple[CaseRuns, CaseRuns]]) -> Noise | None:
    """Measure it by how the ratios of pairs vary, where no case has several runs; None of less than two pairs."""
    ratios = [log(float(head.cost / base.cost)) for base, head in pairs if base.cost and head.cost]
    # a ratio varies as its two sides together do
    return Noise(float(np.std(ratios, ddof=1)) / sqrt(2), 2 * len(ratios)) if len(ratios) > 1 else None


def seen(change: float, noise: Noise, cases: int, runs: int, limits: Limits) -> Seen:
    """Say how likely a change of all cases is seen by the sign flips, and how many cases or runs would do."""

    def with_cases(count: int) -> float:
        return power(change, noise, count, runs, limits)

    def with_runs(count: int) -> float:
        return power(change, noise, cases, count, limits)

    return Seen(
        change,
        with_cases(cases),
        # the sign flips have a smaller share from MANY cases on, so that fewer may do where as many do not
        tuple(
            search(with_cases, wanted, limits.min_cases, MANY - 1) or search(with_cases, wanted, MANY)
            for wanted in POWERS
        ),
        tuple(search(with_runs, wanted, 1) for wanted in POWERS),
    )


def power(change: float, noise: Noise, cases: int, runs: int, limits: Limits) -> float:
    """Compute how likely a change of all cases fails a check: certain, at least the limit, and the whole costs more.

    The last two are treated as if they were independent, which is a little too careful.
    """
    if cases < limits.min_cases:
        return 0.0
    error = noise.spread * sqrt(2 / runs / cases)
    shift, limit = log(1 + change), log(1 + limits.max_increase)
    if error == 0:
        return float(shift >= limit)
    z = NORMAL.inv_cdf(1 - limits.alpha * SHARES[cases >= MANY][1] / 2)
    costs_more = NORMAL.cdf(shift / error * sqrt(noise.evenness))
    return NORMAL.cdf((shift - max(z * error, limit)) / error) * costs_more


def search(power_of: Callable[[int], float], wanted: float, least: int, most: int = MOST) -> int | None:
    """Find the smallest count that is enough; None where the most is not."""
    if power_of(most) < wanted:
        return None
    low, high = least - 1, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(middle) >= wanted else (middle, high)
    return high
