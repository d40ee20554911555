"""What a rule sees of one group in every slot: the value, what it is compared with, and whether that says anything.

All slots are worked out at once from running sums. Amounts are floating here: they are compared, not billed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from llmcost.alerts.metric import Metric
from llmcost.alerts.rules import ALL, MEAN_7D, Rule
from llmcost.alerts.slots import SLOT_SECONDS, Numbers, Sums

SLOTS_A_DAY = 86_400 // SLOT_SECONDS
SLOTS_AN_HOUR = 3600 // SLOT_SECONDS
WEEK = 7
LEARNING_DAYS = 3
# what the largest window, a week before it and an hour beside that take
HISTORY_SLOTS = 9 * SLOTS_A_DAY
Z2 = 1.959963984540054**2
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Observed:
    """One group under one rule, an entry for each slot: `limit` is what the value must pass, from the `baseline`.

    Of a share `amount` and `base` are what it is of.
    """

    value: Numbers
    limit: Numbers
    baseline: Numbers
    amount: Numbers
    base: Numbers
    is_known: Flags


def rolled(values: Numbers, width: int) -> Numbers:
    """Sum the last `width` entries at each, along the first axis; decimals beyond nine are noise."""
    sums = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
    ends = np.arange(1, len(values) + 1)
    return np.asarray(np.round(sums[ends] - sums[np.maximum(ends - width, 0)], 9))


def shifted(values: Numbers, by: int, fill: float = 0.0) -> Numbers:
    """Give each entry what stood so many before it."""
    return np.concatenate([np.full(min(by, len(values)), fill), values[: max(len(values) - by, 0)]])


def observe(rule: Rule, metric: Metric, sums: Sums, is_alive: Flags) -> Observed:
    """Work out what a rule sees; `is_alive` says in which slots any log said anything."""
    width = rule.window // SLOT_SECONDS
    samples, value, amount, base = windowed(metric, sums, width)
    if rule.widen:
        wide = windowed(metric, sums, rule.widen // SLOT_SECONDS)
        is_few = samples < rule.at_least
        samples, value, amount, base = (
            np.where(is_few, more, less) for more, less in zip(wide, (samples, value, amount, base), strict=True)
        )
    is_known = is_alive & ~np.isnan(value)
    if metric.kind != "sum":
        is_known &= samples >= rule.at_least
    baseline, limit = compared(rule, metric, sums, width, value)
    if rule.baseline is not None:
        is_known &= has_history(sums.samples, width) & ~np.isnan(limit)
    found = Observed(value, limit, baseline, amount, base, is_known)
    return found if metric.kind != "low_share" or not metric.least else excusing(found, metric.least)


def excusing(found: Observed, least: int) -> Observed:
    """Take fewer failures than that for none."""
    return replace(found, value=np.where(found.amount < least, 0.0, found.value))


def windowed(metric: Metric, sums: Sums, width: int) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Give samples, value, amount and base of the window that ends with each slot; a value that there is not is nan."""
    samples, amount, base = (rolled(each, width) for each in (sums.samples, sums.amount, sums.base))
    if metric.kind == "sum":
        return samples, amount, amount, base
    if metric.kind == "p95":
        return samples, p95(rolled(sums.buckets, width), sums.edges), amount, base
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(base > 0, amount / base, np.nan)
        value = share if metric.kind == "share" else wilson_low(share, base)
    return samples, value, amount, base


def wilson_low(share: Numbers, n: Numbers) -> Numbers:
    """Give the low end of Wilson's 95 % interval, as the view errors does."""
    root = np.sqrt(Z2 * (share * (1 - share) / n + Z2 / (4 * n * n)))
    return np.asarray((share + Z2 / (2 * n) - root) / (1 + Z2 / n))


def p95(counts: Numbers, edges: Numbers) -> Numbers:
    """Find in counts by bucket the seconds that 95 % took no longer than, in the middle of the bucket."""
    if not len(edges):
        return np.full(len(counts), np.nan)
    sums = np.cumsum(counts, axis=1)
    total = sums[:, -1]
    at = np.argmax(sums >= np.ceil(0.95 * total - 1e-9)[:, None], axis=1)
    return np.where(total > 0, 1.05 ** (edges[at] - 0.5) / 1000, np.nan)


def compared(rule: Rule, metric: Metric, sums: Sums, width: int, value: Numbers) -> tuple[Numbers, Numbers]:
    """Give what a value is compared with, and the limit that it must pass."""
    nothing = np.full(len(value), np.nan)
    if rule.baseline is None:
        fixed = rule.over if rule.over is not None else rule.below
        return nothing, np.full(len(value), np.nan if fixed is None else fixed)
    mean = mean_of_week(metric, sums, width)
    if rule.baseline == MEAN_7D and rule.is_drop:
        return mean, np.where(mean >= rule.floor, mean * (rule.below or 0.0), np.nan)
    if rule.baseline == MEAN_7D:
        return mean, np.maximum(mean * (rule.times or 0.0), rule.floor)
    highest, usual = same_hours(value, sums.samples)
    if rule.by == ALL:
        return usual, np.maximum(np.maximum(usual * (rule.times or 0.0), highest), rule.floor)
    return highest, np.maximum(np.maximum(highest * (rule.times or 0.0), mean), rule.floor)


def mean_of_week(metric: Metric, sums: Sums, width: int) -> Numbers:
    """Give the mean of the seven days that end where the window begins: of a sum for as long as the window is."""
    week = WEEK * SLOTS_A_DAY
    _, value, _, _ = windowed(metric, sums, week)
    return shifted(value * width / week if metric.kind == "sum" else value, width, np.nan)


def same_hours(value: Numbers, samples: Numbers) -> tuple[Numbers, Numbers]:
    """Give the highest value of the last seven days at this time, give or take an hour, and the median at this time.

    A day before the first that is known of these is no day of nothing.
    """
    reach = 2 * SLOTS_AN_HOUR + 1
    padded = np.pad(value, SLOTS_AN_HOUR)
    near = sliding_window_view(padded, reach).max(axis=1) if len(value) else value
    lags = [SLOTS_A_DAY * days for days in range(1, WEEK + 1)]
    highest = np.max([shifted(near, lag) for lag in lags], axis=0)
    had = rolled(samples, SLOTS_A_DAY)
    # from the first of the seven days that had anything
    is_known = np.logical_or.accumulate([shifted(had, lag) > 0 for lag in reversed(lags)])[::-1]
    return highest, median(np.array([shifted(value, lag) for lag in lags]), is_known)


def median(values: Numbers, is_known: Flags) -> Numbers:
    """Give the median of what is known along the first axis, and 0 where nothing is."""
    ordered = np.sort(np.where(is_known, values, np.inf), axis=0)
    count = np.maximum(is_known.sum(axis=0), 1)
    low, high = (np.take_along_axis(ordered, at[None], axis=0)[0] for at in ((count - 1) // 2, count // 2))
    return np.where(np.isinf(low), 0.0, (low + high) / 2)


def has_history(samples: Numbers, width: int) -> Flags:
    """Tell in which slots a group is known for three days: it had something then, within a week."""
    counts: Any = np.concatenate([[0.0], np.cumsum(samples)])
    ends = np.arange(1, len(samples) + 1)
    until = np.maximum(ends - LEARNING_DAYS * SLOTS_A_DAY, 0)
    since = np.maximum(ends - WEEK * SLOTS_A_DAY - width, 0)
    return np.asarray(counts[until] - counts[since] > 0)


def alive(samples: Numbers) -> Flags:
    """Tell in which slots any request ended within the hour before."""
    return np.asarray(rolled(samples, SLOTS_AN_HOUR) > 0)


def silence(samples: Numbers) -> Observed:
    """Give how long no log has said anything, and the longest that it was so in the seven days before."""
    slots = np.arange(len(samples))
    last = np.maximum.accumulate(np.where(samples > 0, slots, -1))
    idle: Numbers = (slots - last).astype(np.float64) * SLOT_SECONDS
    week = WEEK * SLOTS_A_DAY
    padded = np.concatenate([np.zeros(week - 1), np.where(last >= 0, idle, 0.0)])
    longest = sliding_window_view(padded, week).max(axis=1) if len(samples) else idle
    before = np.where(last >= 0, longest[last], 0.0)
    is_known = (last >= 0) & has_history(samples, 0)[last]
    return Observed(idle, before, before, idle, idle, is_known)
