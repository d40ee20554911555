"""Shapley values: each factor's part of a difference, whatever the order in which factors change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import factorial, lcm, prod


def shapley(was: Mapping[str, Fraction], now: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Split the difference of two products, of the same factors before and now, exactly.

    A factor that did not change has no part. The parts of a sum of products are the sums of their parts.
    """
    changed = [factor for factor in was if was[factor] != now[factor]]
    kept = prod((was[factor] for factor in was if factor not in changed), start=Fraction(1))
    # whole numbers, since reducing fractions at each step takes most of the time
    units = {factor: lcm(was[factor].denominator, now[factor].denominator) for factor in changed}
    values = {factor: (int(was[factor] * units[factor]), int(now[factor] * units[factor])) for factor in changed}
    unit = kept.denominator * prod(units.values()) * factorial(len(changed))
    return {
        factor: Fraction(kept.numerator * (now - was) * mean([values[one] for one in changed if one != factor]), unit)
        for factor, (was, now) in values.items()
    }


def mean(others: Sequence[tuple[int, int]]) -> int:
    """Average the product of the others over all orders of changing, times the number of these orders."""
    products = [1]  # by how many of them have changed, summed over which
    for was, now in others:
        products = [was * less + now * more for less, more in zip([*products, 0], [0, *products], strict=True)]
    count = len(others)
    return sum(factorial(size) * factorial(count - size) * value for size, value in enumerate(products))
