"""What a check can see is told by a formula: worked out by hand, and held against checks that are simulated."""

from __future__ import annotations

from fractions import Fraction
from math import exp, log, sqrt

import numpy as np
import pytest
import scipy  # its statistics are imported where they are asked for

from llmcost.check.decision import FAIL, SHARES, Limits, decide
from llmcost.check.power import MOST, Noise, evenness, noise_between, noise_within, power, search, seen
from llmcost.check.sides import CaseRuns, Run

LIMITS = Limits()
SIGMA = 1.2
# of lognormal costs: the square of the mean over the mean of the squares
EVEN = exp(-(SIGMA**2))


def tried(*costs: str | None) -> CaseRuns:
    """Make a case of runs that cost so many USD."""
    return CaseRuns("case", tuple(Run(None if c is None else Fraction(c), 1, 1, 1, 1, 0, 0, None) for c in costs), None)


def test_noise_within_cases_is_pooled_over_them_by_hand() -> None:
    # logarithms to the base of 2: (0, 1, 2) is 1 + 0 + 1 off its mean, (0, 2) is 1 + 1: four over 2 + 1 degrees
    noise = noise_within([tried("1", "2", "4"), tried("10", "40"), tried("7")])

    assert noise is not None
    assert sqrt(4 / 3) * log(2) == pytest.approx(noise.spread)
    assert 5 == noise.runs


def test_runs_without_a_cost_and_cases_of_one_run_tell_no_noise() -> None:
    assert None is noise_within([])
    assert None is noise_within([tried("1"), tried("2", None), tried("3", "0")])
    assert Noise(0.0, 3) == noise_within([tried("5", "5", "5")])


def test_noise_between_sides_is_that_of_their_ratios_over_two() -> None:
    # the logarithms of the ratios are 0, log 4 and log 16: their standard deviation is log 4
    pairs = [(tried("1"), tried("1")), (tried("1"), tried("4")), (tried("2"), tried("32")), (tried("0"), tried("1"))]
    noise = noise_between(pairs)

    assert noise is not None
    assert log(4) / sqrt(2) == pytest.approx(noise.spread)
    assert 6 == noise.runs
    assert None is noise_between(pairs[2:])


def test_evenness_counts_the_cases_that_matter() -> None:
    assert 1 == pytest.approx(evenness([0.3] * 7))
    assert 0.25 == evenness([5.0, 0, 0, 0])
    # (1 + 3) ** 2 / (1 + 9) / 2
    assert 0.8 == evenness([1.0, 3.0])
    assert 1 == evenness([0.0, 0.0]) == evenness([])


def test_a_change_under_the_limit_is_hardly_ever_seen_and_one_at_the_limit_half_the_time() -> None:
    at, under = (power(change, Noise(0.1, 0), 1_000, 10, LIMITS) for change in (0.05, 0.03))

    assert 0.5 == pytest.approx(at)
    assert under < 1e-4


def test_without_noise_what_is_over_the_limit_is_seen_with_the_fewest_cases() -> None:
    still = Noise(0.0, 20)

    assert (1.0, (8, 8), (1, 1)) == (seen(0.2, still, 8, 1, LIMITS).share, *counts(0.2, still))
    assert (0.0, (None, None), (None, None)) == (seen(0.02, still, 8, 1, LIMITS).share, *counts(0.02, still))
    assert 0.0 == power(0.2, still, 7, 1, LIMITS)


def counts(change: float, noise: Noise) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
    found = seen(change, noise, 8, 1, LIMITS)
    return found.cases, found.runs


def test_the_power_is_that_of_a_test_of_a_mean() -> None:
    # 60 cases of 2 runs: each ratio varies by sqrt(2 / 2) x 0.2, their mean by 0.2 / sqrt(60). Costs so even that the
    # whole is dearer whenever the cases are, and no limit but 0
    error, share = 0.2 / sqrt(60), SHARES[False][1]
    level = scipy.stats.norm.isf(0.05 * share / 2)

    expected = scipy.stats.norm.sf(level - log(1.15) / error)

    assert expected == pytest.approx(power(0.15, Noise(0.2, 0, 1e9), 60, 2, Limits(max_increase=0)))


def test_twice_the_runs_are_as_good_as_a_spread_that_is_smaller_by_the_root_of_two() -> None:
    assert power(0.1, Noise(0.3, 0), 40, 4, LIMITS) == pytest.approx(power(0.1, Noise(0.3 / sqrt(2), 0), 40, 2, LIMITS))


@pytest.mark.parametrize("change", [0.1, 0.2, 0.5])
@pytest.mark.parametrize("spread", [0.1, 0.25, 0.6])
def test_the_runs_told_are_enough_and_one_less_is_not(change: float, spread: float) -> None:
    noise = Noise(spread, 0, EVEN)
    found = seen(change, noise, 30, 1, LIMITS).runs

    for wanted, runs in zip((0.8, 0.9), found, strict=True):
        assert runs is not None
        assert power(change, noise, 30, runs, LIMITS) >= wanted
        assert runs == 1 or power(change, noise, 30, runs - 1, LIMITS) < wanted


def test_fewer_than_a_hundred_cases_are_told_where_they_do_though_a_hundred_do_not() -> None:
    # sigma 0.35 and even costs: 90 % of +20 % are seen from fewer than 100 cases on, and again from more than 100 on
    noise = Noise(0.35, 0)
    enough = [count for count in range(8, 200) if power(0.2, noise, count, 1, LIMITS) >= 0.9]

    assert min(enough) < 100 not in enough
    assert min(enough) == seen(0.2, noise, 30, 1, LIMITS).cases[1]


def test_a_search_finds_the_first_count_that_is_enough() -> None:
    assert 17 == search(lambda count: float(count >= 17), 0.8, 8)
    assert 8 == search(lambda count: 1.0, 0.8, 8)
    assert MOST == search(lambda count: float(count >= MOST), 0.8, 8)
    assert None is search(lambda count: 0.5, 0.8, 8)


def caught(change: float, spread: float, cases: int, runs: int, checks: int, sigma: float = SIGMA) -> float:
    """Measure how often a change of all cases fails a check, the cap of single cases left aside."""
    random, failed = np.random.default_rng([cases, runs]), 0
    for number in range(checks):
        costs = 0.001 * random.lognormal(0, sigma, (cases, 1))
        base, head = (costs * random.lognormal(0, spread, (cases, runs)) for _ in range(2))
        failed += decide(base.mean(axis=1), (1 + change) * head.mean(axis=1), LIMITS, number, 999).verdict == FAIL
    return failed / checks


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "spread", "cases", "runs"),
    [
        (0.2, 0.25, 20, 1),
        (0.2, 0.25, 20, 3),
        (0.5, 0.5, 30, 1),
        (0.1, 0.1, 20, 1),
        (0.1, 0.25, 60, 2),
        (0.1, 0.25, 90, 1),
    ],
)
def test_the_power_told_is_that_of_checks_of_fewer_than_a_hundred_cases(
    change: float, spread: float, cases: int, runs: int
) -> None:
    told = power(change, Noise(spread, 0, EVEN), cases, runs, LIMITS)

    # three standard errors of 1,000 checks are 0.04 where half of them fail; a t is a little wider than a normal, and
    # that the whole is dearer goes along with the cases being so, which is told as if it did not
    assert told == pytest.approx(caught(change, spread, cases, runs, 1_000), abs=0.07)


@pytest.mark.slow
def test_from_a_hundred_cases_on_the_power_told_is_what_the_flips_alone_see() -> None:
    # the ratio of the sums finds some more where costs are as even as they are here
    told = power(0.1, Noise(0.25, 0, exp(-0.25)), 150, 1, LIMITS)

    assert told - 0.04 < caught(0.1, 0.25, 150, 1, 1_000, sigma=0.5)
