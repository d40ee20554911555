"""Why the cost of a run, or of a day, changed: the difference split exactly, by what changed and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from llmcost.change.factors import FACTORS, Side, Traffic, products
from llmcost.change.notes import note
from llmcost.change.shapley import shapley


@dataclass(frozen=True)
class Part:
    """What one driver did in one route, in USD a run or day, and a note of how."""

    route: str
    driver: str
    usd: Fraction
    note: str


@dataclass(frozen=True)
class Split:
    """`parts` by driver add up to the difference exactly, and are the sums of `by_route`."""

    parts: dict[str, Fraction]
    by_route: tuple[Part, ...]


def explain(base: Sequence[Traffic], head: Sequence[Traffic], *, each: str = "run") -> Split:
    """Split the difference of cost between two sides by Shapley values, route by route and cohort by cohort.

    A route that is on one side only is volume; a model that a route has on one side only is the mix of models.
    Tokens that cost nothing lower the mean rate of their model: what a gateway's cache answers is best a model apart.
    """
    sides = by_route(base), by_route(head)
    routes = sorted({*sides[0], *sides[1]})
    found = tuple(
        part
        for route in routes
        for part in explain_route(route, sides[0].get(route, {}), sides[1].get(route, {}), each)
    )
    parts = {factor: sum((part.usd for part in found if part.driver == factor), Fraction()) for factor in FACTORS}
    return Split(parts, found)


def by_route(side: Iterable[Traffic]) -> dict[str, dict[str, Side]]:
    """Sort a side by route, cohort and model; what has no requests and costs nothing is nothing."""
    found: dict[str, dict[str, dict[str, Traffic]]] = {}
    for one in side:
        if one.requests or one.calls or any(one.tokens.values()) or any(one.costs.values()):
            models = found.setdefault(one.route, {}).setdefault(one.cohort, {})
            models[one.model] = together(models[one.model], one) if one.model in models else one
    return {
        route: {cohort: {model: counted(one) for model, one in models.items()} for cohort, models in cohorts.items()}
        for route, cohorts in found.items()
    }


def together(one: Traffic, more: Traffic) -> Traffic:
    """Add up two entries of one route and model."""
    tokens = {meter: count + more.tokens[meter] for meter, count in one.tokens.items()}
    costs = {meter: usd + more.costs[meter] for meter, usd in one.costs.items()}
    return replace(one, requests=one.requests + more.requests, calls=one.calls + more.calls, tokens=tokens, costs=costs)


def counted(one: Traffic) -> Traffic:
    """Take requests whose calls nobody counted as a call each, calls as a request each, and a bare cost as one."""
    least = one.calls or one.requests or Fraction(1)
    return replace(one, requests=one.requests or least, calls=least)


def explain_route(route: str, base: Mapping[str, Side], head: Mapping[str, Side], each: str) -> list[Part]:
    """Split the difference of one route; what changed nothing has no part. Notes are about all cohorts."""
    found = dict.fromkeys(FACTORS, Fraction())
    for cohort in sorted({*base, *head}):
        old, new = base.get(cohort, {}), head.get(cohort, {})
        for was, now in zip(products(old, new), products(new, old), strict=True):
            for factor, usd in shapley(was, now).items():
                found[factor] += usd
    sides = whole(base), whole(head)
    return [Part(route, factor, usd, note(factor, *sides, each)) for factor, usd in found.items() if usd]


def whole(cohorts: Mapping[str, Side]) -> Side:
    """Put the cohorts of a route together."""
    found: dict[str, Traffic] = {}
    for models in cohorts.values():
        for model, one in models.items():
            found[model] = together(found[model], one) if model in found else one
    return found


def shown(parts: Mapping[str, Fraction], digits: int = 12) -> dict[str, Decimal]:
    """Round parts to so many digits that they add up to the rounded whole; the largest first."""
    unit = 10**digits
    scaled = {name: part * unit for name, part in parts.items()}
    whole = {name: value.numerator // value.denominator for name, value in scaled.items()}
    missing = round(sum(scaled.values(), Fraction())) - sum(whole.values())
    # what was cut off most is rounded up first
    for name in sorted(scaled, key=lambda name: (whole[name] - scaled[name], name))[:missing]:
        whole[name] += 1
    ordered = sorted(whole, key=lambda name: -abs(whole[name]))
    return {name: Decimal(whole[name]).scaleb(-digits) for name in ordered}
