"""The difference of two sides is split exactly, and each part is what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, permutations
from math import factorial, lcm
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcost.change.factors import Traffic
from llmcost.change.split import Split, explain, shown

METERS = ("input", "cache_read", "cache_write", "cache_write_1h", "output")
FACTORS = ("volume", "retries", "mix", "input", "cache", "output", "rates", "other")
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


def notes(base: Sequence[Traffic], head: Sequence[Traffic]) -> dict[str, str]:
    """Take the notes of a single route."""
    return {part.driver: part.note for part in explain(base, head).by_route}


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


def test_a_worked_example_of_changes_that_meet() -> None:
    # classify: 20 calls of 100 tokens at $10/M cost $0.001 each, $0.02; then 40, half of them to big at $0.002, $0.06
    #   volume: 20 calls more at $0.001 or, with the new models, at $0.0015 on average: 20 x $0.00125 = $0.025
    #   mix: $0.0005 more for each of 20 calls or of 40: 30 x $0.0005 = $0.015
    # answer: 10 calls of 1,000 in and 100 out cost 10 x ($0.010 + $0.004); then 1 attempt in 2 is sent again, without
    #   any output: 15 requests of 1,000 in at $0.010, and 1,000 out as before, so 66.7 a request: $0.19 after $0.14
    #   retries: 5 requests more, of $0.010 and of 100 or 66.7 out at $40/M: 5 x ($0.010 + $0.00333..) = $0.0666..
    #   output: 33.3 less at $40/M in each of 10 or 15 requests: -12.5 x $0.001333.. = -$0.01666..
    base = [traffic("classify", "m", 20, 20, input=2_000), traffic(input=10_000, output=1_000)]
    head = [
        traffic("classify", "m", 20, 20, input=2_000),
        traffic("classify", "big", 20, 20, input=2_000, dearer=2),
        traffic("answer", "m", 15, 10, input=15_000, output=1_000),
    ]

    found = explain(base, head)

    assert [
        ("answer", "retries", Fraction(2, 30), "1.00 -> 1.50 attempts a call"),
        ("answer", "output", Fraction(-1, 60), "-33 a request"),
        ("classify", "volume", Fraction(25, 1000), "20 -> 40 calls a run"),
        ("classify", "mix", Fraction(15, 1000), "m 100% -> 50%, big 0% -> 50%"),
    ] == [(part.route, part.driver, part.usd, part.note) for part in found.by_route]
    assert Fraction(9, 100) == total(head) - total(base) == sum(found.parts.values())


def test_three_changes_share_alike_what_they_do_alike() -> None:
    # twice the calls, twice the attempts, twice the tokens: $0.10 becomes $0.80, a third of $0.70 each
    found = explain([traffic(input=10_000)], [traffic("answer", "m", 40, 20, input=80_000)])

    assert dict.fromkeys(("volume", "retries", "input"), Fraction(7, 30)) == parts(found)


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


def test_a_new_model_of_a_known_route_is_mix_however_it_behaves() -> None:
    # $0.10 before; big takes over, with twice the attempts, a cache, other tokens and and a fee: all of it is mix
    head = [traffic("answer", "big", 20, 10, cache_read=9_000, output=500, dearer=3, other=Fraction(1, 4))]

    assert {"mix"} == parts(explain([traffic(input=10_000)], head)).keys()


def test_calls_that_a_gateway_answers_itself_leave_the_rates_alone() -> None:
    # 4 of 10 calls of $0.01 are no longer paid for
    head = [traffic("answer", "m", 6, 6, input=6_000), traffic("answer", "(gateway cache)", 4, 4)]

    assert {"mix": Fraction(-4, 100)} == parts(explain([traffic(input=10_000)], head))
    assert {} == parts(explain(head, head))


def test_tokens_that_cost_nothing_within_a_model_are_a_lower_rate() -> None:
    # 4,000 of 10,000 tokens at $10/M are free
    free = replace(traffic(input=10_000), costs={**traffic().costs, "input": Fraction(6, 100)})

    assert {"rates": Fraction(-4, 100)} == parts(explain([traffic(input=10_000)], [free]))
    assert {"rates": "a token of input costs -40%"} == notes([traffic(input=10_000)], [free])


def test_a_meter_that_neither_side_used_has_no_rate_to_change() -> None:
    # all input is read from a cache, at $1/M, twice as much as before: 10,000 x $1/M
    found = explain([traffic(cache_read=10_000)], [traffic(cache_read=20_000)])

    assert {"input": Fraction(1, 100)} == parts(found)


def test_input_that_there_was_none_of_is_input_whatever_share_of_it_a_cache_reads() -> None:
    # 5,000 at $10/M and 5,000 at $1/M
    found = explain([traffic(output=100)], [traffic(output=100, input=5_000, cache_read=5_000)])

    assert {"input": Fraction(55, 1000)} == parts(found)


def test_a_cost_without_tokens_is_other() -> None:
    fee = replace(traffic(input=10_000), costs={**traffic(input=10_000).costs, "output": Fraction(1)})

    assert {"other": Fraction(1)} == parts(explain([traffic(input=10_000)], [fee]))


def test_what_was_not_counted_counts_as_one_of_each() -> None:
    nothing, bare = traffic(requests=0, calls=0), traffic(requests=0, calls=0, other=Fraction(3))

    # 10 requests of no known call are 10 calls; 10 calls of no request are 10 requests; nothing is nothing
    assert {} == parts(explain([traffic(calls=0, input=10_000)], [traffic(input=10_000)]))
    assert {} == parts(explain([traffic(requests=0, other=Fraction(1))], [traffic(other=Fraction(1))]))
    assert {"volume": Fraction(1, 10)} == parts(explain([nothing], [traffic(input=10_000)]))
    assert {"volume": Fraction(3)} == parts(explain([], [bare]))


def test_entries_of_one_route_and_model_are_added_up() -> None:
    half = traffic("answer", "m", 5, 5, input=5_000)

    assert {} == parts(explain([half, half], [traffic(input=10_000)]))


def test_a_note_is_of_the_models_that_both_sides_ask() -> None:
    # m reads 60 % after 50 %, which is the cache's part; big reads nothing, and is mix
    base = [traffic(input=5_000, cache_read=5_000)]
    head = [traffic(input=4_000, cache_read=6_000), traffic("answer", "big", 90, 90, input=90_000)]

    assert "50% -> 60% of the input read from a cache" == notes(base, head)["cache"]


@pytest.mark.parametrize(
    ("base", "head", "driver", "expected"),
    [
        (
            {"input": 10_000},
            {"input": 4_000, "cache_write": 6_000},
            "cache",
            "0% -> 60% of the input written to a cache",
        ),
        (
            {"input": 10_000},
            {"input": 4_000, "cache_write_1h": 6_000},
            "cache",
            "0% -> 60% of the input written to a cache for an hour",
        ),
        ({"input": 10_000}, {"input": 9_997}, "input", "-0.3 a request"),
        ({"input": 10_000}, {"input": 99_996}, "input", "+9,000 a request"),
        ({"output": 10_000}, {"output": 13_100}, "output", "+310 a request"),
        ({"requests": 1_000, "calls": 1_000}, {"requests": 1_001, "calls": 1_000}, "retries", "1.000 -> 1.001"),
        ({"cache_read": 10_000}, {"cache_read": 10_000, "dearer": 3}, "rates", "read from a cache costs +200%"),
        ({"output": 10_000, "dearer": 0}, {"output": 10_000}, "rates", "a token of output is paid for now"),
        ({"other": 2}, {"other": 3}, "other", "apart from tokens a request costs +50%"),
        ({"other": 2}, {}, "other", "apart from tokens a request is free now"),
    ],
)
def test_a_note_tells_numbers_apart(base: dict[str, Any], head: dict[str, Any], driver: str, expected: str) -> None:
    paid: dict[str, Any] = {"other": 1} if driver == "retries" else {}

    assert expected in notes([traffic(**base, **paid)], [traffic(**head, **paid)])[driver]


def test_a_small_move_between_models_is_seen() -> None:
    head = [traffic("answer", "m", 999, 999, input=999), traffic("answer", "big", 1, 1, input=1, dearer=2)]

    assert {"mix": "m 100.0% -> 99.9%, big 0.0% -> 0.1%"} == notes(
        [traffic("answer", "m", 1_000, 1_000, input=1_000)], head
    )


def test_calls_of_several_runs_are_means() -> None:
    third = replace(traffic(input=10_000), calls=Fraction(31, 3), requests=Fraction(31, 3))

    assert "10.0 -> 10.3 calls a run" == notes([traffic(input=10_000)], [third])["volume"]


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


def cost_with(sides: tuple[list[Traffic], list[Traffic]], changed: frozenset[str]) -> Fraction:
    """Compute by the book what a route costs with the `changed` factors of the second side, the rest of the first.

    A number that a side does not have is taken from the other.
    """
    models = {one.model for side in sides for one in side}

    def ordered(factor: str) -> list[list[Traffic]]:
        return [sides[1], sides[0]] if factor in changed else [sides[0], sides[1]]

    def first(factor: str, model: str, counts: Sequence[str] = ()) -> Traffic:
        found = [one for side in ordered(factor) for one in side if one.model == model]
        return next((one for one in found if not counts or any(one.tokens[meter] for meter in counts)), found[0])

    whole = Fraction()
    for model in models:
        asked = next(side for side in ordered("mix") if side)
        share = Fraction(sum(one.calls for one in asked if one.model == model), sum(one.calls for one in asked))
        size, read, long = (first("input", model), first("cache", model, METERS[:4]), first("output", model))
        input_tokens = sum(size.tokens[meter] for meter in METERS[:4]) / size.requests
        read_input = sum(read.tokens[meter] for meter in METERS[:4]) or Fraction(1)
        each = first("other", model).costs["other"] / first("other", model).requests
        for meter in METERS:
            paid = first("rates", model, [meter])
            rate = paid.costs[meter] / (paid.tokens[meter] or 1)
            counted = long.tokens[meter] / long.requests
            each += rate * (counted if meter == "output" else input_tokens * read.tokens[meter] / read_input)
        whole += share * first("retries", model).requests / first("retries", model).calls * each
    return Fraction(sum(one.calls for one in ordered("volume")[0])) * whole


@settings(max_examples=12, deadline=None)
@given(SIDE, SIDE)
def test_a_part_is_the_mean_over_all_orders_of_changing(base: list[Traffic], head: list[Traffic]) -> None:
    sides = tuple([one for one in side if one.route == "answer"] for side in (base, head))
    subsets = [frozenset(some) for size in range(9) for some in combinations(FACTORS, size)]
    worths = {some: cost_with((sides[0], sides[1]), some) for some in subsets}
    unit = lcm(*(worth.denominator for worth in worths.values()))
    whole = {some: int(worth * unit) for some, worth in worths.items()}
    steps = dict.fromkeys(FACTORS, 0)
    for order in permutations(FACTORS):
        before: frozenset[str] = frozenset()
        for factor in order:
            after = before | {factor}
            steps[factor] += whole[after] - whole[before]
            before = after

    assert {name: Fraction(step, unit * factorial(8)) for name, step in steps.items()} == explain(*sides).parts


@settings(max_examples=30, deadline=None)
@given(SIDE, SIDE, st.integers(2, 7))
def test_neither_scale_nor_parting_a_route_matters(base: list[Traffic], head: list[Traffic], times: int) -> None:
    def scaled(one: Traffic, by: Fraction, mark: str = "") -> Traffic:
        tokens = {meter: count * by for meter, count in one.tokens.items()}
        costs = {meter: usd * by for meter, usd in one.costs.items()}
        return Traffic(one.route + mark, one.model, one.requests * by, one.calls * by, tokens, costs)

    found = explain(base, head)
    grown = explain(*([scaled(one, Fraction(times)) for one in side] for side in (base, head)))
    thirds = [
        [scaled(one, by, mark) for one in side for by, mark in ((Fraction(1, 3), " a"), (Fraction(2, 3), " b"))]
        for side in (base, head)
    ]

    assert {name: part * times for name, part in found.parts.items()} == grown.parts
    assert found.parts == explain(*thirds).parts
    assert [] == [part for part in found.by_route if "$" in part.note or not part.usd]


@given(st.integers(1, 9), st.integers(1, 9), SIDE)
def test_only_what_differs_has_a_part(less: int, more: int, side: list[Traffic]) -> None:
    def with_output(one: Traffic, each: int) -> Traffic:
        tokens = {**one.tokens, "output": each * one.requests}
        return replace(one, tokens=tokens, costs={**one.costs, "output": tokens["output"] * 40 / 1_000_000})

    found = explain([with_output(one, less) for one in side], [with_output(one, more) for one in side])

    assert {*parts(found)} <= {"output"}


def test_what_is_shown_adds_up_with_the_largest_first() -> None:
    # thirds of a dollar: 0.33 + 0.33 + 0.33 would be 0.99 of 1.00
    thirds = {name: Fraction(1, 3) for name in "abc"}
    # a whole of -0.33: down to cents they are 0.33 and -0.67, a cent short; both lost a third of it, a comes first
    mixed = {"a": Fraction(1, 3), "b": Fraction(-2, 3), "c": Fraction()}

    assert [("a", Decimal("0.34")), ("b", Decimal("0.33")), ("c", Decimal("0.33"))] == [*shown(thirds, 2).items()]
    assert [("b", Decimal("-0.67")), ("a", Decimal("0.34")), ("c", Decimal("0.00"))] == [*shown(mixed, 2).items()]


@given(
    st.dictionaries(st.text(max_size=3), st.fractions(-10, 10, max_denominator=1000), max_size=9), st.integers(0, 12)
)
def test_what_is_shown_is_within_a_unit_and_adds_up(values: dict[str, Fraction], digits: int) -> None:
    found = shown(values, digits)

    assert all(abs(Fraction(found[name]) - value) < Fraction(1, 10**digits) for name, value in values.items())
    assert Decimal(round(sum(values.values(), Fraction()) * 10**digits)).scaleb(-digits) == sum(
        found.values(), Decimal()
    )


def test_cases_that_move_to_another_model_do_not_change_sizes() -> None:
    # 10 calls of 1,000 tokens and 10 of 100; the small ones move to big: 10 x 100 x $10/M more
    def cohort(name: str, model: str, tokens: int, dearer: int = 1) -> Traffic:
        return replace(traffic(model=model, input=tokens, dearer=dearer), cohort=name)

    base = [cohort("stay", "m", 10_000), cohort("move", "m", 1_000)]
    found = explain(base, [base[0], cohort("move", "big", 1_000, 2)])

    assert {"mix": Fraction(1, 100)} == parts(found)
    assert "m 100% -> 50%, big 0% -> 50%" == found.by_route[0].note
