"""Figures by their definitions: percentiles by sorting, intervals and slopes by the textbook, in fractions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import atan, ceil, cos, pi, sqrt
from statistics import NormalDist
from typing import Any

Z = NormalDist().inv_cdf(0.975)


def percentile(values: Iterable[Any], percent: int) -> Any:
    """Give the smallest value that at least so many per cent of the values do not exceed; None of none."""
    ordered = sorted(value for value in values if value is not None)
    return ordered[ceil(Fraction(percent, 100) * len(ordered)) - 1] if ordered else None


def share(part: Any, whole: Any) -> Any:
    """Divide exactly; None where a side is not known or there is nothing to divide by."""
    return None if part is None or not whole else Fraction(part) / Fraction(whole)


def wilson(hits: int, n: int) -> tuple[float | None, float | None]:
    """Bound a rate of `hits` of `n`, Wilson's score interval at 95 %."""
    if not n:
        return None, None
    rate, scale = hits / n, 1 + Z * Z / n
    middle = (rate + Z * Z / (2 * n)) / scale
    width = Z / scale * sqrt(rate * (1 - rate) / n + Z * Z / (4 * n * n))
    return max(middle - width, 0), min(middle + width, 1)


def slope(points: Sequence[tuple[int, int]]) -> Fraction | None:
    """Fit a line by least squares; None where all x are one."""
    n = len(points)
    if len({x for x, _ in points}) < 2:
        return None
    x_mean, y_mean = Fraction(sum(x for x, _ in points), n), Fraction(sum(y for _, y in points), n)
    return Fraction(sum((x - x_mean) * (y - y_mean) for x, y in points)) / sum((x - x_mean) ** 2 for x, _ in points)


def student_within(t: float, freedom: int) -> float:
    """Give the probability that Student's t lies within -t..t, by the finite sums for whole degrees of freedom."""
    angle = atan(t / sqrt(freedom))
    cosine, sine = cos(angle), t / sqrt(freedom + t * t)
    if freedom % 2:
        term, total = cosine, cosine if freedom > 1 else 0.0
        for k in range(3, freedom - 1, 2):
            term *= cosine * cosine * (k - 1) / k
            total += term
        return 2 / pi * (angle + sine * total)
    term = total = 1.0
    for k in range(2, freedom - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    return sine * total


def student(freedom: int) -> float:
    """Give the t that 95 % lie within, by halves."""
    low, high = 0.0, 1000.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if student_within(middle, freedom) < 0.95 else (low, middle)
    return high
