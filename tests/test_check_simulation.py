"""How often a check is right, by simulation: costs of cases lognormal (sigma 1.2), each run another by 0.25.

With one run a case no cap can name every case that explodes, and few others, at this noise: see docs/decisions/0003.
Seeds are not chosen: every cell begins with its own number.
"""

from __future__ import annotations

import numpy as np
import pytest

from llmcost.check.decision import FAIL, Limits, decide, exploded
from llmcost.check.power import Noise, power
from llmcost.check.statistics import Costs

CHECKS = 1_000
# alarms are few, and some bars near, so that it takes more checks to tell
MANY_CHECKS = 5_000
UNCHANGED_CHECKS = 2_000
# fewer than in a check, as the rates need; with 9,999 they are the same within their error
RESAMPLES = 1_999
pytestmark = pytest.mark.slow


def suites(cases: int, runs: int, effect: str, seed: int) -> tuple[Costs, Costs, int]:
    """Draw two suites; the last number is the case that has an effect alone."""
    random = np.random.default_rng(seed)
    costs = 0.001 * random.lognormal(0, 1.2, cases)
    times, chosen = np.ones(cases), int(random.integers(cases))
    if effect == "+20 %":
        times[:] = 1.2
    elif effect == "+10 %":
        times[:] = 1.1
    elif effect == "top 5 % x2":
        times[np.argsort(-costs)[: cases // 20]] = 2
    elif effect == "one x10":
        times[chosen] = 10
    base, head = (
        (costs[:, None] * side[:, None] * random.lognormal(0, 0.25, (cases, runs))).mean(axis=1)
        for side in (np.ones(cases), times)
    )
    return base, head, chosen


def rates(cases: int, runs: int, effect: str, *, least: float = 0.0001, checks: int = CHECKS) -> tuple[float, float]:
    """Measure how often a check fails, and how often the cap names the one case."""
    limits, failed, capped = Limits(min_increase_usd=least), 0, 0
    for number in range(checks):
        base, head, chosen = suites(cases, runs, effect, seed=number + 1_000 * cases + 100_000 * runs)
        over = exploded(base, head, limits)
        capped += chosen in over
        failed += bool(over) or decide(base, head, limits, number, RESAMPLES).verdict == FAIL
    return failed / checks, capped / checks


@pytest.mark.parametrize("runs", [1, 3])
@pytest.mark.parametrize("cases", [20, 50, 200])
def test_an_unchanged_suite_fails_in_two_of_a_hundred_checks_at_most(cases: int, runs: int) -> None:
    checks = MANY_CHECKS if (cases, runs) in ((20, 1), (50, 1)) else UNCHANGED_CHECKS
    assert rates(cases, runs, "nothing", checks=checks)[0] <= 0.02


@pytest.mark.parametrize(
    ("cases", "runs", "effect", "least"),
    [
        (50, 3, "+20 %", 0.90),
        (50, 1, "+20 %", 0.90),
        (200, 3, "top 5 % x2", 0.95),
        (200, 1, "top 5 % x2", 0.95),
        (50, 3, "+10 %", 0.75),
    ],
)
def test_what_got_dearer_is_caught(cases: int, runs: int, effect: str, least: float) -> None:
    assert rates(cases, runs, effect, checks=MANY_CHECKS if (cases, runs) == (50, 1) else CHECKS)[0] >= least


@pytest.mark.parametrize(("runs", "least"), [(3, 1.0), (1, 0.97)])
@pytest.mark.parametrize("cases", [50, 200])
def test_one_case_that_explodes_is_named_by_its_cap(cases: int, runs: int, least: float) -> None:
    assert rates(cases, runs, "one x10", least=0)[1] >= least


@pytest.mark.parametrize(("cases", "runs", "effect", "change"), [(50, 1, "+20 %", 0.2), (50, 3, "+10 %", 0.1)])
def test_the_power_that_is_told_is_what_happens(cases: int, runs: int, effect: str, change: float) -> None:
    # of lognormal costs of sigma 1.2 as even as exp(-1.2 ** 2) = 0.237
    told = power(change, Noise(0.25, 2 * cases * runs, 0.237), cases, runs, Limits())

    # told of changes in all cases alone: the other test and the cap find some more; three standard errors of 400
    assert -0.06 < rates(cases, runs, effect)[0] - told < 0.09
