"""What makes up the cost of a route: eight factors, each of which may have changed by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmcost.check.why import Traffic

FACTORS = ("volume", "retries", "mix", "input", "cache", "output", "rates", "other")
CACHED = ("cache_read", "cache_write", "cache_write_1h")
INPUT = ("input", *CACHED)
METERS = (*INPUT, "output")
# factor -> its value: of the volume a number, of the others one number or several for each model
Behaviour = dict[str, Any]


def behaviour(own: Mapping[str, Traffic], other: Mapping[str, Traffic]) -> Behaviour:
    """Measure one side of a route by model; what it does not have behaves as on the other side."""
    models = sorted({*own, *other})
    calls = sum((traffic.calls for traffic in own.values()), Fraction())
    known = own if calls else other
    all_calls = sum((traffic.calls for traffic in known.values()), Fraction())

    def each(measure: Callable[[Traffic], Any]) -> dict[str, Any]:
        return {model: measure(own[model] if model in own else other[model]) for model in models}

    return {
        "volume": calls,
        "mix": {model: known[model].calls / all_calls if model in known else Fraction() for model in models},
        "retries": each(lambda traffic: traffic.requests / traffic.calls),
        "input": each(lambda traffic: inputs(traffic) / traffic.requests),
        "cache": {model: shares(own.get(model), other.get(model)) for model in models},
        "output": each(lambda traffic: traffic.tokens["output"] / traffic.requests),
        "rates": {model: rates(own.get(model), other.get(model)) for model in models},
        "other": each(lambda traffic: traffic.costs["other"] / traffic.requests),
    }


def inputs(traffic: Traffic) -> Fraction:
    """Count all input, from a cache or not."""
    return sum((traffic.tokens[meter] for meter in INPUT), Fraction())


def shares(own: Traffic | None, other: Traffic | None) -> dict[str, Fraction]:
    """Measure which share of the input caches read and write; without input as on the other side, else none."""
    traffic = next((one for one in (own, other) if one is not None and inputs(one)), None)
    return {meter: traffic.tokens[meter] / inputs(traffic) if traffic else Fraction() for meter in CACHED}


def rates(own: Traffic | None, other: Traffic | None) -> dict[str, Fraction]:
    """Measure what a token of each meter costs on average; a meter that counted nothing, as on the other side."""
    return {meter: rate(meter, own, other) for meter in METERS}


def rate(meter: str, own: Traffic | None, other: Traffic | None) -> Fraction:
    """Measure one rate."""
    traffic = next((one for one in (own, other) if one is not None and one.tokens[meter]), None)
    return traffic.costs[meter] / traffic.tokens[meter] if traffic else Fraction()


def cost_of(was: Behaviour, now: Behaviour, changed: frozenset[str]) -> Fraction:
    """Compute what a route costs with some factors as they are now and the rest as they were."""
    at = {factor: (now if factor in changed else was)[factor] for factor in FACTORS}
    each = (
        at["mix"][model] * at["retries"][model] * request_cost(at, model) for model in at["mix"] if at["mix"][model]
    )
    return Fraction(at["volume"] * sum(each, Fraction()))


def request_cost(at: Behaviour, model: str) -> Fraction:
    """Compute what a request to a model costs."""
    rate_of, share_of = at["rates"][model], at["cache"][model]
    fresh = 1 - sum(share_of.values(), Fraction())
    input_rate = fresh * rate_of["input"] + sum((share_of[meter] * rate_of[meter] for meter in CACHED), Fraction())
    return Fraction(at["input"][model] * input_rate + at["output"][model] * rate_of["output"] + at["other"][model])
