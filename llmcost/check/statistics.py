"""Statistics of paired costs: by how much the whole costs more, and whether that is chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Costs = NDArray[np.float64]
RESAMPLES = 9_999
LEVEL = 0.95
# with fewer cases the interval is corrected for bias and skew (BCa)
FEW = 30
CHUNK = 200_000
ROUNDING = 1e-12
NORMAL = NormalDist()


@dataclass(frozen=True)
class Interval:
    """How many times as dear the head is, with its 95 % interval; the two-sided p-value of there being no change."""

    ratio: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Flips:
    """The geometric mean of how many times as dear each case is, over `cases` that cost something on both sides."""

    ratio: float
    p_value: float
    cases: int


def ratio_interval(base: Costs, head: Costs, seed: int, resamples: int = RESAMPLES) -> Interval:
    """Resample cases, both sides of each together, and take the ratio of the sums (paired bootstrap)."""
    ratio = float(head.sum() / base.sum())
    drawn = np.sort(np.concatenate(list(drawn_ratios(base, head, seed, resamples))))
    bias, skew = correction(base, head, drawn, ratio) if len(base) < FEW else (0.0, 0.0)
    return interval_of(ratio, drawn, bias, skew)


def drawn_ratios(base: Costs, head: Costs, seed: int, resamples: int) -> Iterator[Costs]:
    """Draw the ratios, so many at a time that they fit into the cache."""
    random = np.random.Generator(np.random.PCG64(seed))
    count = len(base)
    step = max(1, CHUNK // count)
    for begin in range(0, resamples, step):
        picked = random.integers(0, count, (min(step, resamples - begin), count), dtype=np.int32)
        with np.errstate(divide="ignore", invalid="ignore"):
            yield head[picked].sum(axis=1) / base[picked].sum(axis=1)


def interval_of(ratio: float, drawn: Costs, bias: float, skew: float) -> Interval:
    """Read the interval and its p-value off the sorted ratios; without bias and skew it is that of percentiles."""
    known = drawn[~np.isnan(drawn)]
    tails = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    low, high = (quantile(known, shifted(tail, bias, skew)) for tail in tails)
    below, same = int(np.searchsorted(known, 1.0, "left")), int(np.searchsorted(known, 1.0, "right"))
    # the share of ratios on either side of no change; one more, so that none is impossible
    shares = [(count + 1) / (len(known) + 1) for count in (same, len(known) - below)]
    p_value = 2 * min(unshifted(shares[0], bias, skew), 1 - unshifted(1 - shares[1], bias, skew))
    # corrections reach further into a tail than so many resamples can tell
    least = 2 / (len(known) + 1)
    return Interval(ratio, low, high, min(1.0, max(least, p_value)))


def quantile(drawn: Costs, share: float) -> float:
    """Read a quantile; where a resample had no cost before, its ratio is infinite."""
    with np.errstate(invalid="ignore"):
        found = float(np.quantile(drawn, share))
    return float("inf") if np.isnan(found) else found


def correction(base: Costs, head: Costs, drawn: Costs, ratio: float) -> tuple[float, float]:
    """Compute BCa's bias and acceleration; none where the ratios do not spread."""
    # of a ratio that is the same in all cases the resamples differ by rounding, which is not a spread
    slack = ROUNDING * ratio
    share = (np.count_nonzero(drawn < ratio - slack) + np.count_nonzero(drawn <= ratio + slack)) / (2 * len(drawn))
    if not 0 < share < 1:
        return 0.0, 0.0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        left_out = (head.sum() - head) / (base.sum() - base)
        away = left_out.mean() - left_out
    spread = float((away**2).sum())
    skew = float((away**3).sum()) / (6 * spread**1.5) if np.isfinite(spread) and spread > slack**2 else 0.0
    return NORMAL.inv_cdf(float(share)), skew


def shifted(share: float, bias: float, skew: float) -> float:
    """Say which share of the drawn ratios lies under the end of an interval that has `share` under it."""
    if bias == skew == 0:
        return share
    z = bias + NORMAL.inv_cdf(share)
    return NORMAL.cdf(bias + z / (1 - skew * z))


def unshifted(share: float, bias: float, skew: float) -> float:
    """Turn that round."""
    if bias == skew == 0 or not 0 < share < 1:
        return share
    w = NORMAL.inv_cdf(share) - bias
    return NORMAL.cdf(w / (1 + skew * w) - bias)


def sign_flips(base: Costs, head: Costs, seed: int, flips: int = RESAMPLES) -> Flips | None:
    """Flip the signs of the cases' log ratios: as often as chance would, is their mean so far from none?

    None where no case costs something on both sides.
    """
    both = (base > 0) & (head > 0)
    logs = np.log(head[both] / base[both])
    count = len(logs)
    if not count:
        return None
    signs = every_sign(count) if 2**count <= flips + 1 else None
    sums = np.concatenate(list(flipped_sums(logs, signs, seed, flips)))
    return Flips(float(np.exp(logs.mean())), extreme_share(logs, sums, signs is not None), count)


def every_sign(count: int) -> Costs:
    """List all ways to give signs."""
    bits = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    return np.asarray(1.0 - 2.0 * bits, np.float64)


def flipped_sums(logs: Costs, signs: Costs | None, seed: int, flips: int) -> Iterator[Costs]:
    """Sum up the log ratios under signs that are given, or drawn."""
    if signs is not None:
        yield signs @ logs
        return
    random = np.random.Generator(np.random.PCG64(seed))
    total, step = float(logs.sum()), max(1, CHUNK // len(logs))
    for begin in range(0, flips, step):
        size = min(step, flips - begin) * len(logs)
        bits = np.unpackbits(np.frombuffer(random.bytes(-(-size // 8)), np.uint8), count=size)
        yield total - 2 * (bits.reshape(-1, len(logs)) @ logs)


def swaps(base: Costs, head: Costs, seed: int, resamples: int = RESAMPLES) -> float:
    """Swap the sides of cases: as often as chance would, is the difference of the sums so large? Two-sided p-value."""
    deltas = head - base
    count = len(deltas)
    signs = every_sign(count) if 2**count <= resamples + 1 else None
    return extreme_share(deltas, np.concatenate(list(flipped_sums(deltas, signs, seed, resamples))), signs is not None)


def extreme_share(values: Costs, sums: Costs, is_exact: bool) -> float:
    """Count the sums that are as far from 0 as that of the values; what is the same but for rounding is the same."""
    reached = abs(float(values.sum())) - ROUNDING * float(np.abs(values).sum())
    extreme = int(np.count_nonzero(np.abs(sums) >= reached))
    return extreme / len(sums) if is_exact else (extreme + 1) / (len(sums) + 1)


def holm(p_values: Sequence[float], shares: Sequence[float] = ()) -> list[float]:
    """Adjust p-values for there being several (Holm's step-down).

    `shares` of alpha are what each may use up, alike where none are given; together they may be less than 1.
    """
    shares = shares or [1 / len(p_values)] * len(p_values)
    whole = left = sum(shares)
    adjusted, largest = [0.0] * len(p_values), 0.0
    for at in sorted(range(len(p_values)), key=lambda at: p_values[at] / shares[at]):
        largest = max(largest, min(1.0, p_values[at] * left / shares[at] / whole))
        adjusted[at], left = largest, left - shares[at]
    return adjusted
