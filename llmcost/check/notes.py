"""How a driver changed in a route, in words and numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from llmcost.check.factors import inputs

if TYPE_CHECKING:
    from llmcost.check.why import Traffic

Side = Mapping[str, "Traffic"]


def note(factor: str, base: Side, head: Side) -> str:
    """Say how one factor changed; nothing where there is nothing to add to its name."""
    write = NOTES.get(factor)
    return write(base, head) if write else ""


def volume(base: Side, head: Side) -> str:
    """Say how many calls there are."""
    return f"{number(calls(base))} -> {number(calls(head))} calls a run"


def retries(base: Side, head: Side) -> str:
    """Say how many attempts a call takes."""
    was, now = (requests(side) / calls(side) for side in (base, head))
    return f"{float(was):.2f} -> {float(now):.2f} attempts a call"


def mix(base: Side, head: Side) -> str:
    """Name the models whose shares of the calls shrank and grew most."""
    moved = {model: portion(head, model) - portion(base, model) for model in {*base, *head}}
    least, most = (choose(sorted(moved), key=lambda model: moved[model]) for choose in (min, max))
    return ", ".join(f"{model} {portion(base, model):.0%} -> {portion(head, model):.0%}" for model in (least, most))


def input_tokens(base: Side, head: Side) -> str:
    """Say how many tokens of input a request has more."""
    return more(base, head, inputs)


def output_tokens(base: Side, head: Side) -> str:
    """Say how many tokens of output a request has more."""
    return more(base, head, lambda traffic: traffic.tokens["output"])


def more(base: Side, head: Side, count: Callable[[Traffic], Fraction]) -> str:
    """Compare means of the models that both sides asked, each weighted by what is asked now."""
    both = [model for model in head if model in base]
    weight = sum((head[model].requests for model in both), Fraction())
    if not weight:
        return ""
    was = sum((count(base[model]) / base[model].requests * head[model].requests for model in both), Fraction())
    now = sum((count(head[model]) for model in both), Fraction())
    return f"{float((now - was) / weight):+,.0f} a request"


def cache(base: Side, head: Side) -> str:
    """Say how much of the input is read from a cache."""
    return f"{read(base):.0%} -> {read(head):.0%} of the input read from a cache"


def read(side: Side) -> float:
    """Measure the share of input that is read from a cache."""
    whole = sum((inputs(traffic) for traffic in side.values()), Fraction())
    return float(sum((traffic.tokens["cache_read"] for traffic in side.values()), Fraction()) / whole) if whole else 0.0


def calls(side: Side) -> Fraction:
    """Count calls."""
    return sum((traffic.calls for traffic in side.values()), Fraction())


def requests(side: Side) -> Fraction:
    """Count attempts."""
    return sum((traffic.requests for traffic in side.values()), Fraction())


def portion(side: Side, model: str) -> float:
    """Measure a model's share of the calls."""
    return float(side[model].calls / calls(side)) if model in side else 0.0


def number(value: Fraction) -> str:
    """Write a count, with a decimal where it is a mean of runs."""
    return f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.1f}"


NOTES: dict[str, Callable[[Side, Side], str]] = {
    "volume": volume,
    "retries": retries,
    "mix": mix,
    "input": input_tokens,
    "cache": cache,
    "output": output_tokens,
}
