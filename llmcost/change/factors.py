"""What makes up the cost of a route: eight factors, each of which may have changed by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

VOLUME = "volume"
FACTORS = (VOLUME, "retries", "mix", "input", "cache", "output", "rates", "other")
INPUT = ("input", "cache_read", "cache_write", "cache_write_1h")
METERS = (*INPUT, "output")


@dataclass(frozen=True)
class Traffic:
    """What was sent by one route to one model in a run of all cases.

    A `cohort` are cases that ask the same models on this side and the same on the other: where some cases move to
    another model, the sizes of these cases are not taken for a change of size.
    `requests` are attempts, `calls` what they were attempts of. `tokens` and `costs` (USD) by meter: input (neither
    read from a cache nor written), cache_read, cache_write, cache_write_1h, output; costs have `other` besides.
    """

    route: str
    model: str
    requests: Fraction
    calls: Fraction
    tokens: Mapping[str, Fraction]
    costs: Mapping[str, Fraction]
    cohort: str = ""


Side = Mapping[str, Traffic]


def products(own: Side, other: Side) -> list[dict[str, Fraction]]:
    """Write the cost of one side of a route as a sum of products of factors, in the same order for both sides.

    The products are those of each model: one for each meter, and one for what is not paid by the token. A model that
    this side did not ask behaves as on the other side, at no share of the calls.
    """
    volume, known = calls(own), own if own else other
    found = []
    for model in sorted({*own, *other}):
        mix = known[model].calls / calls(known) if model in known else Fraction()
        asked = own[model] if model in own else other[model]
        sent = {"volume": volume, "mix": mix, "retries": asked.requests / asked.calls}
        found += [{**sent, **paid} for paid in request(asked, other.get(model, asked))]
    return found


def request(own: Traffic, other: Traffic) -> Iterator[dict[str, Fraction]]:
    """Write what a request to a model costs: tokens by rate.

    A meter that counted nothing costs what it does on the other side, so that a cache newly used is not a change of
    rates; without input its shares are those of the other side. Where neither side counted, the product is 0.
    """
    size = inputs(own) / own.requests
    read = own if size else other
    for meter in INPUT:
        share = read.tokens[meter] / inputs(read) if inputs(read) else Fraction()
        yield {"input": size, "cache": share, "rates": rate(meter, own, other)}
    yield {"output": own.tokens["output"] / own.requests, "rates": rate("output", own, other)}
    yield {"other": untold(own) / own.requests}


def rate(meter: str, own: Traffic, other: Traffic) -> Fraction:
    """Measure what a token of a meter costs on average, free ones included."""
    paid = own if own.tokens[meter] else other
    return paid.costs[meter] / paid.tokens[meter] if paid.tokens[meter] else Fraction()


def untold(traffic: Traffic) -> Fraction:
    """Sum up what no tokens account for."""
    metered = (traffic.costs[meter] for meter in METERS if traffic.tokens[meter])
    return sum(traffic.costs.values(), Fraction()) - sum(metered, Fraction())


def inputs(traffic: Traffic) -> Fraction:
    """Count all input, from a cache or not."""
    return sum((traffic.tokens[meter] for meter in INPUT), Fraction())


def calls(side: Side) -> Fraction:
    """Count the calls of all models."""
    return sum((traffic.calls for traffic in side.values()), Fraction())
