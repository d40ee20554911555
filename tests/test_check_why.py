"""The difference of two sides is split exactly, and each part is what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from llmcost.check.factors import FACTORS, METERS, behaviour, cost_of
from llmcost.check.shapley import shapley
from llmcost.check.why import Split, Traffic, explain, shown

RATES = {"input": 10, "cache_read": 1, "cache_write": 12, "cache_write_1h": 20, "output": 40}  # USD per million tokens


def traffic(route: str = "answer", model: str = "m", requests: int = 10, calls: int = 10, **fields: Any) -> Traffic:
    """Make traffic at RATES, times `dearer`."""
    tokens = {meter: Fraction(fields.get(meter, 0)) for meter in METERS}
    times = Fraction(fields.get("dearer", 1))
    costs = {meter: tokens[meter] * RATES[meter] * times / 1_000_000 for meter in METERS}
    other = Fraction(fields.get("other", 0))
    return Traffic(route, model, Fraction(requests), Fraction(calls), tokens, {**costs, "other": other})


def total(side: Sequence[Traffic]) -> Fraction:
    return sum((sum(one.costs.values(), Fraction()) for one in side), Fraction())


def parts(found: Split) -> dict[str, Fraction]:
    return {name: part for name, part in found.parts.items() if part}


def test_a_worked_example() -> None:
    # answer: 10 calls of 1,000 in and 100 out cost 10 x ($0.010 + $0.004) = $0.14; then 1,500 in: + 5,000 x $10/M
    # classify: 20 calls of 100 in to m, $0.02; then all of them to big, twice as dear: $0.04
    # extra: a new route of 5 calls of 200 in: $0.01
    base = [traffic(input=10_000, output=1_000), traffic("classify", "m", 20, 20, input=2_000)]
    head = [
        traffic(input=15_000, output=1_000),
        traffic("classify", "big", 20, 20, input=2_000, dearer=2),
        traffic("extra", "m", 5, 5, input=1_000),
    ]

    found = explain(base, head)

    assert {"input": Fraction(5, 100), "mix": Fraction(2, 100), "volume": Fraction(1, 100)} == parts(found)
    assert {
        ("answer", "input"): "+500 a request",
        ("classify", "mix"): "m 100% -> 0%, big 0% -> 100%",
        ("extra", "volume"): "0 -> 5 calls a run",
    } == {(part.route, part.driver): part.note for part in found.by_route}


def test_two_changes_share_what_they_do_together() -> None:
    # 10 calls of 1,000 tokens at $10/M: $0.10; 20 of 2,000: $0.40. Calls do $0.10 first, or $0.20 last; so do tokens
    found = explain([traffic(input=10_000)], [traffic(requests=20, calls=20, input=40_000)])

    assert {"volume": Fraction(15, 100), "input": Fraction(15, 100)} == parts(found)


def test_a_cache_that_is_newly_read_is_a_share_not_a_rate() -> None:
    # 10,000 tokens at $10/M; then 6,000 of them at $1/M: 6,000 x $9/M less
    found = explain([traffic(input=10_000)], [traffic(input=4_000, cache_read=6_000)])

    assert {"cache": Fraction(-54, 1000)} == parts(found)
    assert "0% -> 60% of the input read from a cache" == found.by_route[0].note


def test_attempts_are_retries_and_other_meters_stand_apart() -> None:
    again = explain([traffic(input=10_000)], [traffic(requests=20, input=20_000)])
    fee = explain([traffic(input=10_000)], [traffic(input=10_000, other=Fraction(1, 2))])
    tier = explain([traffic(input=10_000)], [traffic(input=10_000, dearer=2)])

    assert {"retries": Fraction(1, 10)} == parts(again)
    assert "1.00 -> 2.00 attempts a call" == again.by_route[0].note
    assert {"other": Fraction(1, 2)} == parts(fee)
    assert {"rates": Fraction(1, 10)} == parts(tier)


def test_what_is_gone_is_volume_and_nothing_else() -> None:
    assert {"volume": Fraction(-1, 10)} == parts(explain([traffic(input=10_000)], []))
    assert {} == parts(explain([], []))


TOKENS = st.integers(0, 5_000)
TRAFFIC = st.builds(
    lambda route, model, requests, calls, dearer, other, **tokens: traffic(
        route, model, max(requests, calls), calls, dearer=dearer, other=Fraction(other, 7), **tokens
    ),
    st.sampled_from(["answer", "classify"]),
    st.sampled_from(["m", "big", "(gateway cache)"]),
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(0, 3),
    st.integers(0, 2),
    **dict.fromkeys(METERS, TOKENS),
)
SIDE = st.lists(TRAFFIC, max_size=5, unique_by=lambda one: (one.route, one.model))


@settings(max_examples=60, deadline=None)
@given(SIDE, SIDE)
def test_parts_add_up_and_turn_round_with_the_sides(base: list[Traffic], head: list[Traffic]) -> None:
    found, back = explain(base, head), explain(head, base)

    assert total(head) - total(base) == sum(found.parts.values(), Fraction())
    assert found.parts == {name: -part for name, part in back.parts.items()}
    assert found.parts == explain(base[::-1], head[::-1]).parts
    assert {} == parts(explain(base, base))


@settings(max_examples=15, deadline=None)
@given(SIDE, SIDE)
def test_a_part_is_the_mean_over_all_orders_of_changing(base: list[Traffic], head: list[Traffic]) -> None:
    was, now = ({one.model: one for one in side if one.route == "answer"} for side in (base, head))
    before, after = behaviour(was, now), behaviour(now, was)
    changed = [factor for factor in FACTORS if before[factor] != after[factor]][:5]
    means = dict.fromkeys(changed, Fraction())
    orders = list(permutations(changed))
    for order in orders:
        for at, factor in enumerate(order):
            step = cost_of(before, after, frozenset(order[: at + 1])) - cost_of(before, after, frozenset(order[:at]))
            means[factor] += step / len(orders)

    assert means == shapley(changed, lambda factors: cost_of(before, after, factors))


@given(st.integers(1, 9), st.integers(1, 9), SIDE)
def test_only_what_differs_has_a_part(less: int, more: int, side: list[Traffic]) -> None:
    def with_output(one: Traffic, each: int) -> Traffic:
        tokens = {**one.tokens, "output": each * one.requests}
        return replace(one, tokens=tokens, costs={**one.costs, "output": tokens["output"] * 40 / 1_000_000})

    found = explain([with_output(one, less) for one in side], [with_output(one, more) for one in side])

    assert {*parts(found)} <= {"output"}


def test_what_is_shown_adds_up() -> None:
    # thirds of a dollar: 0.33 + 0.33 + 0.33 would be 0.99 of 1.00
    thirds = {name: Fraction(1, 3) for name in "abc"}

    assert {"a": Decimal("0.34"), "b": Decimal("0.33"), "c": Decimal("0.33")} == shown(thirds, 2)
    assert {"b": Decimal("-0.67"), "a": Decimal("0.34")} == shown({"a": Fraction(1, 3), "b": Fraction(-2, 3)}, 2)


@given(
    st.dictionaries(st.text(max_size=3), st.fractions(-10, 10, max_denominator=1000), max_size=9), st.integers(0, 12)
)
def test_what_is_shown_is_within_a_unit_and_adds_up(values: dict[str, Fraction], digits: int) -> None:
    found = shown(values, digits)

    assert all(abs(Fraction(found[name]) - value) < Fraction(1, 10**digits) for name, value in values.items())
    assert Decimal(round(sum(values.values(), Fraction()) * 10**digits)).scaleb(-digits) == sum(
        found.values(), Decimal()
    )
