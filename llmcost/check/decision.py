"""Does it cost more, by how much, and is that more than chance? Numbers in, a decision out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from llmcost.check.statistics import NORMAL, RESAMPLES, Costs, Flips, Interval, holm, ratio_interval, sign_flips, swaps
from llmcost.check_settings import usual_number

PASS, WARN, FAIL, INCONCLUSIVE = "pass", "warn", "fail", "inconclusive"
# one unchanged suite in a thousand may have a case that stands out so far
FAMILY_ERROR = 0.001
# of the ratios the least and the most are left out where their spread is measured
TRIMMED = 0.1
# From so many cases on a bootstrap knows the tails, and a few cases can make the whole cost more. Shares of `alpha` for
# the ratio and the sign flips, by simulation (docs/decisions/0003): what a bootstrap overlooks is taken off.
MANY = 100
SHARES = {False: (0.02, 0.64), True: (0.32, 0.14)}


@dataclass(frozen=True)
class Limits:
    """What is too much: of the whole a share and USD a run, of one case how many times; `alpha` is for both tests."""

    max_increase: float = field(default_factory=partial(usual_number, "max_increase"))
    min_increase_usd: float = field(default_factory=partial(usual_number, "min_increase_usd"))
    max_case_increase: float = field(default_factory=partial(usual_number, "max_case_increase"))
    alpha: float = 0.05
    min_cases: int = 8


@dataclass(frozen=True)
class Decision:
    """`verdict` is pass, warn, fail or inconclusive; None where there was nothing to compare.

    `p_values` are those of the ratio and of the sign flips, each adjusted for its share of alpha (weighted Holm).
    """

    verdict: str
    interval: Interval | None
    flips: Flips | None
    p_values: tuple[float, ...]

    @property
    def is_significant(self) -> bool:
        """Whether the two differ, in whatever direction."""
        return any(p < Limits.alpha for p in self.p_values)


def decide(base: Costs, head: Costs, limits: Limits, seed: int, resamples: int = RESAMPLES) -> Decision:
    """Decide on the mean costs of a run of each case, `base` and `head` in the same order.

    It fails where one of two tests is certain of an increase that is, by its own measure, at least the limit: the ratio
    of the sums sees a few cases that grew much, the geometric mean of the cases' ratios many that grew a little.
    """
    if not base.sum() > 0:
        return Decision(INCONCLUSIVE if len(base) < limits.min_cases or head.sum() > 0 else PASS, None, None, ())
    interval = ratio_interval(base, head, seed, resamples)
    flips = sign_flips(base, head, seed, resamples)
    p_values = tuple(adjusted(base, head, interval, flips, seed, resamples))
    if len(base) < limits.min_cases:
        return Decision(INCONCLUSIVE, interval, flips, p_values)
    delta, least = float(head.sum() - base.sum()), 1 + limits.max_increase
    ratios = (interval.ratio, flips.ratio if flips else 0.0)
    is_certain = any(p < limits.alpha and ratio >= least for p, ratio in zip(p_values, ratios, strict=False))
    is_much = delta > 0 and delta >= limits.min_increase_usd
    is_fail, is_warning = is_certain and is_much, interval.ratio >= least and is_much
    return Decision(FAIL if is_fail else WARN if is_warning else PASS, interval, flips, p_values)


def adjusted(
    base: Costs, head: Costs, interval: Interval, flips: Flips | None, seed: int, resamples: int
) -> list[float]:
    """Adjust the p-values of the ratio and of the flips for being two; of few cases the ratio's must be exact too."""
    is_many = len(base) >= MANY
    ratio_p = interval.p_value if is_many else max(interval.p_value, swaps(base, head, seed, resamples))
    found = [ratio_p] + ([flips.p_value] if flips else [])
    return holm(found, SHARES[is_many][: len(found)])


def exploded(base: Costs, head: Costs, limits: Limits, *, is_certain: bool = True) -> list[int]:
    """List the cases that are more than so many times as dear, and where it is to be certain by more than the noise.

    A case of one run varies by itself: where unchanged costs vary by a quarter, one suite of 50 in twenty has a case
    that is three times as dear. So its ratio must also stand out of how much all ratios spread. Where they do not
    spread, or are too few to tell, the limit alone counts.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(head > base, np.log(head / base), 0.0)
    least = np.log(limits.max_case_increase)
    if is_certain:
        least = max(least, noise(base, head, limits.min_cases))
    is_over = (logs > least) & (head - base >= limits.min_increase_usd)
    return [int(at) for at in np.flatnonzero(is_over)]


def noise(base: Costs, head: Costs, min_cases: int) -> float:
    """Measure from which log ratio on a case stands out: so many standard deviations, if all were of one normal."""
    both = (base > 0) & (head > 0)
    logs = np.sort(np.log(head[both] / base[both]))
    count = len(logs)
    if count < min_cases:
        return 0.0
    cut = max(1, int(count * TRIMMED))
    z = NORMAL.inv_cdf(1 - cut / count)
    # how much of its variance a normal keeps where both tails are cut
    kept = 1 - 2 * z * NORMAL.pdf(z) / (1 - 2 * cut / count)
    spread = float(logs[cut : count - cut].std(ddof=1)) / kept**0.5
    return float(spread * NORMAL.inv_cdf(1 - FAMILY_ERROR / count))
