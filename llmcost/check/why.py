"""Why the cost of a run changed: the difference split exactly, by what changed and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from llmcost.check.factors import FACTORS, Behaviour, behaviour, cost_of
from llmcost.check.notes import note
from llmcost.check.shapley import shapley


@dataclass(frozen=True)
class Traffic:
    """What was sent by one route to one model in a run of all cases.

    `requests` are attempts, `calls` what they were attempts of. `tokens` and `costs` (USD) by meter: input (neither
    read from a cache nor written), cache_read, cache_write, cache_write_1h, output; costs have `other` besides.
    """

    route: str
    model: str
    requests: Fraction
    calls: Fraction
    tokens: Mapping[str, Fraction]
    costs: Mapping[str, Fraction]


@dataclass(frozen=True)
class Part:
    """What one driver did in one route, in USD a run, and a note of how."""

    route: str
    driver: str
    usd: Fraction
    note: str


@dataclass(frozen=True)
class Split:
    """`parts` by driver add up to the difference exactly, and are the sums of `by_route`."""

    parts: dict[str, Fraction]
    by_route: tuple[Part, ...]


def explain(base: Sequence[Traffic], head: Sequence[Traffic]) -> Split:
    """Split the difference of cost between two sides by Shapley values, route by route.

    A route that is on one side only is volume; a model that a route has on one side only is the mix of models.
    """
    routes = sorted({traffic.route for traffic in (*base, *head)})
    found = tuple(
        part for route in routes for part in explain_route(route, of_route(base, route), of_route(head, route))
    )
    parts = {factor: sum((part.usd for part in found if part.driver == factor), Fraction()) for factor in FACTORS}
    return Split(parts, found)


def of_route(traffic: Iterable[Traffic], route: str) -> dict[str, Traffic]:
    """Take a route's traffic by model."""
    return {one.model: one for one in traffic if one.route == route}


def explain_route(route: str, base: dict[str, Traffic], head: dict[str, Traffic]) -> list[Part]:
    """Split the difference of one route; what did not change has no part."""
    was, now = behaviour(base, head), behaviour(head, base)
    changed = [factor for factor in FACTORS if is_other(was, now, factor)]
    parts = shapley(changed, lambda factors: cost_of(was, now, factors))
    return [Part(route, factor, usd, note(factor, base, head)) for factor, usd in parts.items()]


def is_other(was: Behaviour, now: Behaviour, factor: str) -> bool:
    """Tell whether a factor differs."""
    return bool(was[factor] != now[factor])


def shown(parts: Mapping[str, Fraction], digits: int) -> dict[str, Decimal]:
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
