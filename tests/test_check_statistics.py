"""The statistics agree with SciPy's, and know their edges."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
import scipy  # its statistics are imported where they are asked for
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcost.check.decision import Limits, decide, exploded
from llmcost.check.routes import Blocks, decide_routes, mixed_interval
from llmcost.check.statistics import FEW, Costs, holm, ratio_interval, sign_flips, swaps


def drawn(cases: int, seed: int, change: float = 1.0) -> tuple[Costs, Costs]:
    random = np.random.default_rng(seed)
    costs = random.lognormal(-7, 1.2, cases)
    return costs * random.lognormal(0, 0.25, cases), change * costs * random.lognormal(0, 0.25, cases)


def ratio_of_sums(base: Costs, head: Costs, axis: int = -1) -> Costs:
    return np.asarray(head.sum(axis=axis) / base.sum(axis=axis))


@pytest.mark.parametrize("cases", [9, 20, 29, 30, 80])
@pytest.mark.parametrize("seed", range(4))
def test_the_interval_is_scipys(cases: int, seed: int) -> None:
    base, head = drawn(cases, seed, 1.1)
    method = "BCa" if cases < FEW else "percentile"
    expected = scipy.stats.bootstrap(
        (base, head), ratio_of_sums, paired=True, vectorized=True, n_resamples=9_999, method=method, rng=seed
    ).confidence_interval

    found = ratio_interval(base, head, seed)

    assert head.sum() / base.sum() == found.ratio
    # of one seed both draw the same; were it otherwise, draws of 9,999 would differ by hundredths of the interval
    slack = 0.06 * (expected.high - expected.low)
    assert (expected.low, expected.high) == pytest.approx((found.low, found.high), abs=slack)


@pytest.mark.parametrize("cases", [20, 80])
def test_the_p_value_is_where_an_interval_would_end_at_no_change(cases: int) -> None:
    base, head = drawn(cases, 3, 1.15)
    p_value = ratio_interval(base, head, 1).p_value
    method = "BCa" if cases < FEW else "percentile"
    wide = {"n_resamples": 9_999, "method": method, "rng": 1, "confidence_level": 1 - p_value}
    ends = scipy.stats.bootstrap((base, head), ratio_of_sums, paired=True, **wide).confidence_interval

    assert 0.001 < p_value < 0.5
    assert min(abs(end - 1) for end in ends) < 0.02 * (ends.high - ends.low)


@pytest.mark.parametrize("cases", [2, 5, 12, 13, 14, 60])
@pytest.mark.parametrize("seed", range(3))
def test_sign_flips_and_swaps_are_scipys(cases: int, seed: int) -> None:
    base, head = drawn(cases, seed, 1.05)
    logs = np.log(head / base)

    def mean(values: Costs, axis: int) -> Costs:
        return np.asarray(values.mean(axis=axis))

    expected = [
        scipy.stats.permutation_test(
            (values,), mean, permutation_type="samples", n_resamples=9_999, vectorized=True, rng=seed
        ).pvalue
        for values in (logs, head - base)
    ]
    flips = sign_flips(base, head, seed)
    found = [flips.p_value if flips else None, swaps(base, head, seed)]

    # all of 2 ** 13 are tried, and of more 9,999 are drawn: then within four standard errors of both
    exact = 2**cases <= 10_000
    for theirs, ours in zip(expected, found, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-12 if exact else 4 * (theirs * (3 - 2 * theirs) / 9_999) ** 0.5)
    assert flips is not None
    assert scipy.stats.gmean(head / base) == pytest.approx(flips.ratio)


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=6))
def test_few_flips_are_all_tried(logs: list[float]) -> None:
    base, head = np.ones(len(logs)), np.exp(np.array(logs))
    values = np.log(head)
    sums = [abs(float(np.dot(signs, values))) for signs in product((1, -1), repeat=len(logs))]
    reached = abs(float(values.sum())) - 1e-12 * float(np.abs(values).sum())

    flips = sign_flips(base, head, 1)

    assert flips is not None
    assert sum(found >= reached for found in sums) / len(sums) == pytest.approx(flips.p_value)


def test_holm_by_hand() -> None:
    assert [0.02, 0.04] == holm([0.01, 0.04])
    assert [0.04, 0.02] == pytest.approx(holm([0.04, 0.01]))
    # the smaller is multiplied by three, the next by two, and none is less than the one before
    assert [0.03, 0.06, 0.06] == pytest.approx(holm([0.01, 0.03, 0.05]))
    # a fifth of alpha for the first, two fifths for the second: 0.01 / 0.4 = 0.025, then 0.02 / 0.6
    assert [1 / 30, 0.025] == pytest.approx(holm([0.02, 0.01], (0.2, 0.4)))
    assert [1.0, 1.0] == holm([0.9, 0.8])


# nothing, or a billionth of a dollar and more
COST = st.just(0.0) | st.floats(1e-9, 1)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(COST, COST), min_size=1, max_size=20),
    st.integers(0, 3),
)
def test_any_costs_give_numbers_in_order(pairs: list[tuple[float, float]], seed: int) -> None:
    base, head = (np.array(side) for side in zip(*pairs, strict=True))
    found = decide(base, head, Limits(), seed, 199)

    assert found.verdict in ("pass", "warn", "fail", "inconclusive")
    assert found == decide(base, head, Limits(), seed, 199)
    assert all(0 < p <= 1 for p in found.p_values)
    if found.interval is not None and len(pairs) >= 8:
        assert 0 <= found.interval.low <= found.interval.high
    assert set(exploded(base, head, Limits())) <= {at for at in range(len(pairs)) if head[at] > base[at]}


def test_what_does_not_vary_has_no_width() -> None:
    costs = np.arange(1.0, 21.0)
    same, twice = (ratio_interval(costs, costs * times, 1) for times in (1, 2))

    assert (1, 1, 1, 1) == (same.ratio, same.low, same.high, same.p_value)
    assert (2, 2, 2) == (twice.ratio, twice.low, twice.high)
    assert twice.p_value < 0.001
    assert sign_flips(np.zeros(3), costs[:3], 1) is None


@pytest.mark.parametrize("times", [1.1, 1.2, 1.7])
def test_that_every_case_is_as_much_dearer_is_no_chance(times: float) -> None:
    costs = np.random.default_rng(0).lognormal(0, 1, 10)
    found = ratio_interval(costs, costs * times, 1)

    # 2 / 10,000, as of nothing drawn on the other side; rounding is no bias
    assert 2e-4 == pytest.approx(found.p_value)
    assert (times,) * 3 == pytest.approx((found.ratio, found.low, found.high))


def test_a_case_explodes_where_it_stands_out_of_the_noise() -> None:
    base = np.ones(20)
    quiet, loud = np.ones(20), np.exp(np.linspace(-2, 2, 20))
    quiet[3], loud[3] = 3.1, 3.1

    assert [3] == exploded(base, quiet, Limits())
    assert [] == exploded(base, loud, Limits())
    # of too few cases no noise is known, and what cost nothing has no ratio
    assert [3] == exploded(base[:7], loud[:7], Limits())
    assert [0] == exploded(np.array([0.0, 1]), np.array([1.0, 1]), Limits())
    assert [] == exploded(np.array([0.0, 1]), np.array([0.0, 1]), Limits())
    # all at once are many
    assert list(range(20)) == exploded(base, 4 * base, Limits())


def strata(*routes: tuple[Sequence[float], Sequence[float]]) -> list[tuple[Blocks, Blocks]]:
    """Make routes of single requests."""
    return [tuple((np.array(side), np.ones(len(side))) for side in sides) for sides in routes]  # type: ignore[misc]


def test_routes_are_compared_at_the_mix_of_the_base() -> None:
    # a request of the first costs $1 then and now, of the second $10 and $11; the first has now ten times as many
    first, second = ([1.0] * 10, [1.0] * 100), ([10.0] * 10, [11.0] * 10)
    found = mixed_interval(strata(first, second), 1, 999)

    assert (120 / 110,) * 3 == pytest.approx((found.ratio, found.low, found.high))
    assert "fail" == decide_routes(strata(first, second), Limits(), 1, 999).verdict
    assert "pass" == decide_routes(strata(first, second), Limits(max_increase=0.1), 1, 999).verdict
    assert "inconclusive" == decide_routes(strata(([1.0] * 7, [2.0] * 7)), Limits(), 1, 999).verdict


def test_of_one_route_the_interval_is_that_of_two_means() -> None:
    random = np.random.default_rng(1)
    base, head = random.lognormal(0, 0.5, 150), random.lognormal(0.1, 0.5, 180)

    def ratio(before: Costs, after: Costs, axis: int = -1) -> Costs:
        return np.asarray(after.mean(axis=axis) / before.mean(axis=axis))

    expected = scipy.stats.bootstrap(
        (base, head), ratio, n_resamples=9_999, method="percentile", rng=2
    ).confidence_interval
    found = mixed_interval(strata((list(base), list(head))), 1, 9_999)

    assert (expected.low, expected.high) == pytest.approx((found.low, found.high), abs=0.01)
