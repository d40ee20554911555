"""How often a check is right, by simulation: costs of cases lognormal (sigma 1.2), each run another by 0.25.

The noise is that of the study in which the bars were set. With one run a case no rule can keep all of them: see
docs/decisions/0003. Seeds are not chosen: every cell begins with its own number.
"""

from __future__ import annotations

import numpy as np
import pytest

from llmcost.check.decision import FAIL, Limits, decide, exploded
from llmcost.check.power import power
from llmcost.check.statistics import Costs

RUNS_OF_A_CELL = 400
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


def rates(cases: int, runs: int, effect: str, min_increase: float = 0.0001) -> tuple[float, float]:
    """Measure how often a check fails, and how often the cap names the one case."""
    limits, failed, capped = Limits(min_increase_usd=min_increase), 0, 0
    for number in range(RUNS_OF_A_CELL):
        base, head, chosen = suites(cases, runs, effect, seed=number + 1_000 * cases + 100_000 * runs)
        over = exploded(base, head, limits)
        capped += chosen in over
        failed += bool(over) or decide(base, head, limits, number, RESAMPLES).verdict == FAIL
    return failed / RUNS_OF_A_CELL, capped / RUNS_OF_A_CELL


@pytest.mark.parametrize("runs", [1, 3])
@pytest.mark.parametrize("cases", [20, 50, 200])
def test_an_unchanged_suite_fails_in_two_of_a_hundred_checks_at_most(cases: int, runs: int) -> None:
    assert rates(cases, runs, "nothing")[0] <= 0.02


@pytest.mark.parametrize(
    ("cases", "runs", "effect", "least"),
    [
        (50, 3, "+20 %", 0.90),
        (50, 1, "+20 %", 0.87),  # the bar is 0.90; at 2 % of false alarms the best test of all would have 0.93
        (200, 3, "top 5 % x2", 0.95),
        (200, 1, "top 5 % x2", 0.95),
        (50, 3, "+10 %", 0.80),
    ],
)
def test_what_got_dearer_is_caught(cases: int, runs: int, effect: str, least: float) -> None:
    assert rates(cases, runs, effect)[0] >= least


@pytest.mark.parametrize(("runs", "least"), [(3, 1.0), (1, 0.97)])
@pytest.mark.parametrize("cases", [50, 200])
def test_one_case_that_explodes_is_named_by_its_cap(cases: int, runs: int, least: float) -> None:
    assert rates(cases, runs, "one x10", min_increase=0)[1] >= least


@pytest.mark.parametrize(("cases", "runs", "effect", "change"), [(50, 1, "+20 %", 0.2), (50, 3, "+10 %", 0.1)])
def test_the_power_that_is_told_is_what_happens(cases: int, runs: int, effect: str, change: float) -> None:
    told = power(change, 0.25, cases, runs, Limits())

    # told of changes in all cases alone: the other test and the cap find some more; three standard errors of 400
    assert -0.06 < rates(cases, runs, effect)[0] - told < 0.09
