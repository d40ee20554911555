"""When a group's spending changed: the hour from which it is another, and how certain it is that there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HOURS_A_DAY = 24
# what is drawn for the certainty begins with this, so that the same logs have the same answer
SEED = 20_261_130
SHUFFLES = 1_999
# in fewer days nobody can tell a beginning from a good day
LEAST_DAYS = 4
Hours = NDArray[np.float64]


@dataclass(frozen=True)
class Began:
    """From which hour of the series it is another, and in what share of shuffled days nothing is as clear."""

    hour: int
    certainty: float


def began(before: Sequence[float], now: Sequence[float]) -> Began | None:
    """Find the hour in which the cost of a group changed, in hours of two times that follow each other.

    What is usual at each hour of the day is taken off first, so that a morning is not a change. Then the hour is the
    one that sets the hours after it most apart from those before (CUSUM). The certainty is the share of series of the
    same days in another order in which no hour does as much. None where there are fewer than four days.
    """
    hours = np.array([*before, *now], dtype=np.float64)
    if len(hours) < LEAST_DAYS * HOURS_A_DAY or not hours.any():
        return None
    rises = bool(np.mean(now) > np.mean(before))
    unusual = hours - usual(hours)
    hour, clearness = clearest(unusual, rises=rises)
    draw = np.random.Generator(np.random.PCG64(SEED))
    days = cut(unusual)
    as_clear = sum(clearest(shuffled(days, draw), rises=rises)[1] >= clearness for _ in range(SHUFFLES))
    return Began(hour, 1 - (1 + as_clear) / (1 + SHUFFLES))


def usual(hours: Hours) -> Hours:
    """Give for each hour the mean of its hour of the day."""
    of_day = np.arange(len(hours)) % HOURS_A_DAY
    means = np.array([hours[of_day == hour].mean() for hour in range(HOURS_A_DAY)])
    return means[of_day]


def clearest(hours: Hours, *, rises: bool) -> tuple[int, float]:
    """Give the hour after which most is above the mean, or below it where it falls, and how much that is."""
    sums = np.cumsum(hours - hours.mean())[:-1]
    at = int(np.argmin(sums) if rises else np.argmax(sums))
    return at + 1, float(-sums[at] if rises else sums[at])


def cut(hours: Hours) -> list[Hours]:
    """Cut a series into days; the last may be shorter."""
    return [hours[at : at + HOURS_A_DAY] for at in range(0, len(hours), HOURS_A_DAY)]


def shuffled(days: list[Hours], draw: np.random.Generator) -> Hours:
    """Put the days into another order."""
    return np.concatenate([days[at] for at in draw.permutation(len(days))])
