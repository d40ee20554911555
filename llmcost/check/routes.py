"""Traces without names of cases: the mean cost of a request, route by route, at the base's mix of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from llmcost.check.decision import FAIL, INCONCLUSIVE, PASS, WARN, Decision, Limits
from llmcost.check.query import queries
from llmcost.check.sides import Source
from llmcost.check.statistics import RESAMPLES, Costs, Interval, interval_of
from llmcost.pricing import Book

# of each stretch of time of a route: what it cost, and how many requests that was
Blocks = tuple[Costs, Costs]


def blocks_of(source: Source, book: Book, day: date) -> dict[str, Blocks]:
    """Cut each route of a side into stretches of as many requests each: their costs, and how many they are."""
    rows: dict[str, list[tuple[float, int]]] = {}
    for row in source.traced(book, day).records(queries()["blocks"]):
        rows.setdefault(row["case_name"], []).append((float(row["cost_usd"]), row["requests"]))
    return {
        name: (np.array([c for c, _ in found]), np.array([float(n) for _, n in found])) for name, found in rows.items()
    }


def decide_routes(
    strata: Sequence[tuple[Blocks, Blocks]], limits: Limits, seed: int, resamples: int = RESAMPLES
) -> Decision:
    """Decide on pairs of base and head, a pair for each route: does a request of it cost more, at the base's mix?

    Stretches of time are drawn, not requests: what follows each other is alike, and drawing it one by one would make
    the interval too narrow. One test, so nothing is to be adjusted.
    """
    if not strata:
        return Decision(INCONCLUSIVE, None, None, ())
    requests = min(sum(float(side[1].sum()) for side in sides) for sides in zip(*strata, strict=True))
    spent = sum(float(base[0].sum()) for base, _ in strata)
    if not spent > 0:
        return Decision(INCONCLUSIVE, None, None, ())
    interval = mixed_interval(strata, seed, resamples)
    if requests < limits.min_cases:
        return Decision(INCONCLUSIVE, interval, None, (interval.p_value,))
    is_certain = interval.p_value < limits.alpha and interval.ratio > 1
    is_much = interval.ratio >= 1 + limits.max_increase and (interval.ratio - 1) * spent >= limits.min_increase_usd
    return Decision((FAIL if is_certain else WARN) if is_much else PASS, interval, None, (interval.p_value,))


def mixed_interval(strata: Sequence[tuple[Blocks, Blocks]], seed: int, resamples: int) -> Interval:
    """Draw the stretches of each side of each route again, and take the ratio of the costs at the base's mix."""
    random = np.random.Generator(np.random.PCG64(seed))
    was, now = np.zeros(resamples), np.zeros(resamples)
    spent = spends = 0.0
    for base, head in strata:
        weight = float(base[1].sum())
        was += weight * drawn_means(base, random, resamples)
        now += weight * drawn_means(head, random, resamples)
        spent += float(base[0].sum())
        spends += weight * float(head[0].sum() / head[1].sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.sort(now / was)
    return interval_of(spends / spent, ratios, 0.0, 0.0)


def drawn_means(blocks: Blocks, random: np.random.Generator, resamples: int) -> Costs:
    """Draw as many stretches as there are, again and again, and give the mean cost of a request."""
    costs, requests = blocks
    picked = random.integers(0, len(costs), (resamples, len(costs)), dtype=np.int32)
    return np.asarray(costs[picked].sum(axis=1) / requests[picked].sum(axis=1))
