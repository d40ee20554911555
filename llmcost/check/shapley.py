"""Shapley values: each factor's part of a difference, whatever the order in which factors change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations
from math import factorial

Worth = Callable[[frozenset[str]], Fraction]


def shapley(factors: Sequence[str], worth: Worth) -> dict[str, Fraction]:
    """Split worth(all factors) - worth(none) exactly; `worth` says what it is with some of them changed."""
    worths = {
        changed: worth(changed)
        for size in range(len(factors) + 1)
        for changed in map(frozenset, combinations(factors, size))
    }
    return {factor: part(factor, factors, worths) for factor in factors}


def part(factor: str, factors: Sequence[str], worths: dict[frozenset[str], Fraction]) -> Fraction:
    """Average what changing one factor does over all orders in which the others may have changed before."""
    count, found = len(factors), Fraction()
    for before, value in worths.items():
        if factor not in before:
            weight = factorial(len(before)) * factorial(count - len(before) - 1)
            found += weight * (worths[before | {factor}] - value)
    return found / factorial(count)
