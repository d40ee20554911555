"""How a driver changed in a route, in words and numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from llmcost.change.factors import METERS, VOLUME, Side, Traffic, calls, inputs, rate, untold

Measure = Callable[[Traffic], Fraction]
CACHED = {
    "cache_read": "read from a cache",
    "cache_write": "written to a cache",
    "cache_write_1h": "written to a cache for an hour",
}


def note(factor: str, base: Side, head: Side, each: str = "run") -> str:
    """Say how one factor changed; nothing where its mean over the models did not. Sides are of `each` run, or day."""
    return volume(base, head, each) if factor == VOLUME else NOTES[factor](base, head)


def volume(base: Side, head: Side, each: str) -> str:
    """Say how many calls there are."""
    was, now = calls(base), calls(head)
    return f"{apart(was, now, 'f', int(was.denominator != 1 or now.denominator != 1))} calls a {each}"


def retries(base: Side, head: Side) -> str:
    """Say how many attempts a call takes."""
    was, now = means(base, head, requests, lambda traffic: traffic.calls)
    return f"{apart(was, now, 'f', 2)} attempts a call" if was != now else ""


def mix(base: Side, head: Side) -> str:
    """Name the models whose shares of the calls shrank and grew most."""
    shares = {model: (portion(base, model), portion(head, model)) for model in sorted({*base, *head})}
    least, most = (choose(shares, key=lambda model: shares[model][1] - shares[model][0]) for choose in (min, max))
    return ", ".join(f"{model} {apart(*shares[model], '%')}" for model in (least, most))


def input_tokens(base: Side, head: Side) -> str:
    """Say how many tokens of input a request has more."""
    return more(*means(base, head, inputs, requests))


def output_tokens(base: Side, head: Side) -> str:
    """Say how many tokens of output a request has more."""
    return more(*means(base, head, lambda traffic: traffic.tokens["output"], requests))


def cache(base: Side, head: Side) -> str:
    """Say how much of the input is read from a cache, or written to one, whichever changed more."""
    shares = {meter: means(base, head, of(meter), inputs) for meter in CACHED}
    meter = max(shares, key=lambda meter: abs(shares[meter][1] - shares[meter][0]))
    was, now = shares[meter]
    return f"{apart(was, now, '%')} of the input {CACHED[meter]}" if was != now else ""


def rates(base: Side, head: Side) -> str:
    """Say how much more a token costs, of the meter that adds most."""
    spent = {meter: repriced(base, head, meter) for meter in METERS}
    meter = max(spent, key=lambda meter: abs(spent[meter][1] - spent[meter][0]))
    kind = f"input {CACHED[meter]}" if meter in CACHED else meter
    return costs_more(*spent[meter], f"a token of {kind}")


def other(base: Side, head: Side) -> str:
    """Say how much more is paid for what is not counted in tokens."""
    return costs_more(*means(base, head, untold, requests), "apart from tokens a request")


def of(meter: str) -> Measure:
    """Count the tokens of a meter."""
    return lambda traffic: traffic.tokens[meter]


def requests(traffic: Traffic) -> Fraction:
    """Count attempts."""
    return traffic.requests


def means(base: Side, head: Side, count: Measure, per: Measure) -> tuple[Fraction, Fraction]:
    """Measure means of the models that both sides have, at the head's weights: other models changed by mix only."""
    both = [model for model in head if model in base and per(base[model]) and per(head[model])]
    weight = sum((per(head[model]) for model in both), Fraction())
    was = sum((count(base[model]) / per(base[model]) * per(head[model]) for model in both), Fraction())
    now = sum((count(head[model]) for model in both), Fraction())
    return (was / weight, now / weight) if weight else (Fraction(), Fraction())


def repriced(base: Side, head: Side, meter: str) -> tuple[Fraction, Fraction]:
    """Cost the head's tokens of a meter at the base's rates and at its own."""
    both = [model for model in head if model in base]
    was = sum((head[model].tokens[meter] * rate(meter, base[model], head[model]) for model in both), Fraction())
    now = sum((head[model].tokens[meter] * rate(meter, head[model], base[model]) for model in both), Fraction())
    return was, now


def portion(side: Side, model: str) -> Fraction:
    """Measure a model's share of the calls."""
    return side[model].calls / calls(side) if model in side else Fraction()


def more(was: Fraction, now: Fraction) -> str:
    """Write how many tokens a request has more."""
    digits = next((digits for digits in range(3) if round(abs(now - was), digits)), 3)
    return f"{float(now - was):+,.{digits}f} a request" if was != now else ""


def costs_more(was: Fraction, now: Fraction, each: str) -> str:
    """Write how much more something costs, in per cent where it was not free."""
    if was == now:
        return ""
    if not was or not now:
        return f"{each} is {'paid for' if now else 'free'} now"
    return f"{each} costs {float(now / was - 1):+.{0 if abs(now / was - 1) >= Fraction(1, 200) else 2}%}"


def apart(was: Fraction, now: Fraction, kind: str, digits: int = 0) -> str:
    """Write two numbers with as many decimals as tell them apart, three more at most."""
    for more_digits in range(digits, digits + 4):
        text = [f"{float(value):,.{more_digits}{kind}}" for value in (was, now)]
        if text[0] != text[1]:
            break
    return " -> ".join(text)


NOTES: dict[str, Callable[[Side, Side], str]] = {
    "retries": retries,
    "mix": mix,
    "input": input_tokens,
    "cache": cache,
    "output": output_tokens,
    "rates": rates,
    "other": other,
}
