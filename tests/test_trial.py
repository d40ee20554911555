"""Requests drawn to replay, and the answers of two models compared: shares and intervals worked out by hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, getcontext
from hashlib import md5
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmcost.cli.reading import Reading, TableOptions
from llmcost.cli.waste.options import SampleOptions, VerifyOptions
from llmcost.cli.waste.sample import run_sample
from llmcost.cli.waste.verify import run_verify
from llmcost.errors import FormatError, IncompleteError, InputError, LlmcostError, UsageError
from llmcost.ingest import Options, ingest
from llmcost.pricing import Book
from llmcost.store import Filters, Store
from llmcost.trial import Comparison, Sample, compare, draw, read_outputs, wilson
from llmcost.trial.outputs import hashed
from llmcost.trial.sample import COLUMNS, REST
from llmcost.trial.strata import least_named, quotas
from tests import logs
from tests.logs import Record, write

BOOK = """\
format: llmcost-pricing/1
providers: [{id: acme}, {id: rival}]
models:
  - provider: acme
    model: heron
    prices: [{input: 4, output: 8, variants: [{when: {processing: batch}, multiply: 0.5}]}]
  - {provider: acme, model: wren, prices: [{input: 1, output: 2}]}
  - {provider: rival, model: swift, prices: [{input: 2, output: 3}]}
substitutes: [{provider: acme, model: heron, smaller: wren}]
"""
SECRET = "zebra crossing"
Drawn = Callable[..., Sample]


def request(number: int, answer: str | None = "yes", **fields: Any) -> Record:
    usage = {"provider_name": "acme", "request_model": "heron", "input_tokens": 100, "output_tokens": 10}
    said = {} if answer is None else {"output": answer}
    return logs.request(number, **{"api_key_alias": "app", "system": "pick one"} | usage | said | fields)


def labels(**counts: int) -> list[Record]:
    answers = [answer for answer, count in counts.items() for _ in range(count)]
    return [request(number, answer) for number, answer in enumerate(answers)]


@pytest.fixture
def drawn(tmp_path: Path, small_book: Book) -> Drawn:
    """Ingest requests into a store of their own and draw from them."""

    def draw_from(requests: list[Record], *, size: int = 20, text: str = "hash", **how: Any) -> Sample:
        (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, requests)), encoding="utf-8")
        with Store() as store:
            ingest(store, [str(tmp_path / "log.jsonl")], options=Options(hashes_text=text == "hash"))
            return draw(store, small_book, size=size, **how)

    return draw_from


def column(sample: Sample, name: str) -> list[Any]:
    return [row[COLUMNS.index(name)] for row in sample.rows]


# Sharing out.


def test_every_stratum_gets_three_and_the_rest_goes_by_size() -> None:
    # 3 + 3 + 2 first; 22 more for 997, 97 and 0 of 1,094: 20.05, 1.95 and 0, so 20, 2 and 0
    assert [23, 5, 2] == quotas([1000, 100, 2], 30)


@pytest.mark.parametrize(
    ("sizes", "room", "expected"),
    [
        ([5, 5], 100, [5, 5]),  # all there are
        ([9, 9, 9, 9], 8, [2, 2, 2, 2]),  # three of each are too many
        ([9, 9, 9, 9], 9, [3, 2, 2, 2]),  # of equal remainders the first
        ([9, 1, 1], 4, [2, 1, 1]),
        ([7], 3, [3]),
    ],
)
def test_draws_are_shared_out_as_worked_out(sizes: list[int], room: int, expected: list[int]) -> None:
    assert expected == quotas(sizes, room)


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=40), st.integers(1, 400))
def test_shares_add_up_and_no_stratum_gives_more_than_it_has(sizes: list[int], room: int) -> None:
    shares = quotas(sizes, room)

    assert min(room, sum(sizes)) == sum(shares)
    assert all(share <= size for share, size in zip(shares, sizes, strict=True))
    for floor in (1, 2, 3):
        if sum(min(floor, size) for size in sizes) <= room:
            assert all(share >= min(floor, size) for share, size in zip(shares, sizes, strict=True))


@given(st.dictionaries(st.integers(1, 10**6), st.integers(1, 10**6), min_size=1, max_size=30), st.integers(1, 400))
def test_named_answers_leave_room_and_are_all_if_all_fit(sizes: dict[int, int], room: int) -> None:
    least = least_named(list(sizes.items()), room)
    named = sum(answers for requests, answers in sizes.items() if requests >= least)

    if sum(sizes.values()) <= room:
        assert 1 == least
    else:
        assert named + 1 <= max(room // 2, 1)


# Drawing.


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    counts=st.lists(st.integers(1, 60), min_size=1, max_size=12),
    size=st.integers(1, 80),
    seed=st.integers(0, 10**9),
    order=st.randoms(use_true_random=False),
)
def test_the_same_seed_draws_the_same_from_a_shuffled_log(
    drawn: Drawn, counts: list[int], size: int, seed: int, order: Random
) -> None:
    requests = labels(**{f"label{at}": count for at, count in enumerate(counts)})
    once = drawn(requests, size=size, seed=seed)
    order.shuffle(requests)
    # another store has other hashes of the same answers
    again = drawn(requests, size=size, seed=seed)

    assert once == again
    assert min(size, sum(counts)) == len(once.rows) == len(set(column(once, "request_id")))
    assert abs(sum(column(once, "weight")) - sum(counts)) < Decimal("0.0001")
    if sum(min(3, count) for count in counts) <= size:
        by_stratum = Counter(column(once, "stratum"))
        assert sorted(map(min, counts, [3] * len(counts))) == sorted(min(3, n) for n in by_stratum.values())


def test_another_seed_draws_others(drawn: Drawn) -> None:
    requests = labels(yes=200)

    assert column(drawn(requests, seed=1), "request_id") != column(drawn(requests, seed=2), "request_id")


def test_the_lot_is_what_any_engine_hashes(drawn: Drawn) -> None:
    def lot(number: int) -> str:
        return md5(f"9:r{number}".encode()).hexdigest()

    assert [f"r{n}" for n in sorted(range(500), key=lot)[:20]] == column(drawn(labels(yes=500), seed=9), "request_id")


def test_a_rare_answer_is_in_the_sample_and_stands_for_itself(drawn: Drawn) -> None:
    sample = drawn(labels(common=5000, some=500, rare=2), size=30)

    # 3 + 3 + 2; 22 more for 4,997 and 497 of 5,494: 20.01 and 1.99
    assert {"1": 23, "2": 5, "3": 2} == Counter(column(sample, "stratum"))
    assert {Decimal("217.391304"), Decimal(100), Decimal(1)} == set(column(sample, "weight"))
    assert {5000, 500, 2} == set(column(sample, "stratum_requests"))


def test_answers_of_another_key_model_or_system_prompt_are_strata_of_their_own(drawn: Drawn) -> None:
    others: list[Record] = [
        {"api_key_alias": "b"},
        {"request_model": "wren"},
        {"system": "choose"},
        {"api_key_alias": None},
    ]
    requests = [request(number, **others[number % 5]) if number % 5 < 4 else request(number) for number in range(60)]

    assert {str(n): 4 for n in range(1, 6)} == Counter(column(drawn(requests), "stratum"))


def test_system_prompts_do_not_count_where_they_are_too_many(drawn: Drawn) -> None:
    requests = [request(n, "no" if n % 10 == 0 else "yes", system=f"today is {n}") for n in range(100)]
    sample = drawn(requests)

    assert not sample.strata.is_by_system_prompt
    # 3 + 3; 14 more for 87 and 7 of 94: 12.96 and 1.04
    assert {"1": 16, "2": 4} == Counter(column(sample, "stratum"))


def test_answers_that_are_too_many_are_drawn_together(drawn: Drawn) -> None:
    sample = drawn([request(n, "yes" if n < 100 else f"answer {n}") for n in range(200)])

    # 1 + 1; 18 more for 99 each
    assert {"1": 10, REST: 10} == Counter(column(sample, "stratum"))
    assert {Decimal(10)} == set(column(sample, "weight"))


def test_free_text_is_a_plain_sample(drawn: Drawn) -> None:
    sample = drawn([request(n, f"answer {n}") for n in range(200)])

    assert [REST] * 20 == column(sample, "stratum")
    assert 0.15 == pytest.approx(sample.bound_share)  # 3/20


def test_what_cannot_be_compared_is_not_drawn(drawn: Drawn) -> None:
    others: list[Record] = [
        {"status": "error", "http_status_code": 500},
        {"is_batch": True},
        {"gateway_cache_hit": True},
        {"request_model": "unheard-of"},
        {"output": None},
        {"input_tokens": None, "output_tokens": None},
    ]
    sample = drawn([request(0), *(request(at, **other) for at, other in enumerate(others, start=1))])

    assert ["r0"] == column(sample, "request_id")
    assert (1,) == sample.strata.sizes


def test_attempts_that_share_a_request_id_are_drawn_once(drawn: Drawn) -> None:
    requests = [request(n // 2, attempt_number=1 + n % 2) for n in range(40)]
    sample = drawn(requests, size=30)

    assert sorted(f"r{n}" for n in range(20)) == sorted(column(sample, "request_id"))
    assert {Decimal(2)} == set(column(sample, "weight"))


def test_a_log_with_hardly_any_request_id_is_drawn_from_as_a_whole(drawn: Drawn) -> None:
    requests = [request(n % 3, attempt_number=n) for n in range(3000)]

    assert ["r0", "r1", "r2"] == sorted(column(drawn(requests), "request_id"))


def test_filters_hold(drawn: Drawn) -> None:
    requests = [request(n, api_key_alias="ab"[n % 2]) for n in range(10)]

    assert {"a"} == set(column(drawn(requests, filters=Filters(where=("key=a",))), "key"))


def test_the_bound_of_a_sample_is_that_of_its_heaviest_request(drawn: Drawn) -> None:
    # 23 of 5,000, 5 of 500, 2 of 2; 5,000 / 23 is the most that one stands for
    sample = drawn(labels(common=5000, some=500, rare=2), size=30)

    assert 3 * 5000 / 23 / 5502 == pytest.approx(sample.bound_share)
    assert 0 == drawn(labels(yes=5)).bound_share  # all of them are in the sample


@pytest.mark.parametrize(
    ("requests", "text", "word", "hint"),
    [
        (labels(yes=3), "none", "of 3 requests not one has a known answer", "--text none"),
        ([request(1, None)], "hash", "not one has a known answer", "--text"),
        ([request(1, started_at="2026-01-01")], "hash", "no request fits", "--since"),
        ([request(1, status="error")], "hash", "none of 1 request was answered", ""),
        ([request(1, request_model="unheard-of")], "hash", "none of 1 answered request has a cost", ""),
    ],
)
def test_nothing_to_draw_is_refused_with_the_reason(
    drawn: Drawn, requests: list[Record], text: str, word: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=word) as refused:
        drawn(requests, text=text, filters=Filters(since=datetime(2026, 5, 1)))

    assert hint in refused.value.hint


# Candidates and costs. heron: 100 x 4 + 10 x 8 = 480 micro-USD; wren: 120; swift: 230.


def test_the_candidate_is_the_smaller_model_of_the_book(drawn: Drawn) -> None:
    sample = drawn([request(1), request(2, request_model="wren")])

    assert [("heron", "wren"), ("wren", None)] == sorted(
        zip(column(sample, "model"), column(sample, "candidate_model"), strict=True)
    )
    assert (Decimal("0.0006"), Decimal("0.00012"), 1) == (
        sample.cost_usd,
        sample.candidate_usd,
        sample.candidate_requests,
    )


def test_the_candidate_may_be_named_and_be_of_another_provider(drawn: Drawn) -> None:
    sample = drawn(labels(yes=3), candidate="swift")

    assert ["swift"] * 3 == column(sample, "candidate_model")
    assert (Decimal("0.00069"), 3) == (sample.candidate_usd, sample.candidate_requests)


def test_a_candidate_that_the_book_does_not_have_is_refused(drawn: Drawn) -> None:
    with pytest.raises(UsageError, match="our-own: no such model in the price book"):
        drawn(labels(yes=3), candidate="our-own")


# Intervals.

getcontext().prec = 40
Z = Decimal("1.959963984540054")  # of 95 %, two-sided


def wilson_by_hand(differing: int, pairs: int) -> tuple[Decimal, Decimal]:
    """Solve (p - share)^2 = z^2 p (1 - p) / n for p, which is what the interval is made of."""
    share = Decimal(differing) / pairs
    a, b, c = 1 + Z * Z / pairs, -(2 * share + Z * Z / pairs), share * share
    root = (b * b - 4 * a * c).sqrt()
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


@pytest.mark.parametrize(
    ("differing", "pairs", "low", "high"),
    [
        # z^2 / (n + z^2) = 3.841459 / 153.841459
        (0, 150, 0, 0.0249703),
        # 0.0492073 / 1.0384146 = 0.0473869, -+ 1.959964 x sqrt(0.000291 + 0.0000960365) / 1.0384146 = 0.0371325
        (3, 100, 0.0102545, 0.0845194),
        (150, 150, 0.9750297, 1),
        (1, 2, 0.0945312, 0.9054688),  # 0.5 -+ 1.959964 x sqrt(0.125 + 0.2400912) / 2.9207294 = 0.4054688
    ],
)
def test_wilson_is_as_worked_out(differing: int, pairs: int, low: float, high: float) -> None:
    found = wilson(differing / pairs, pairs)

    assert (low, high) == pytest.approx(found, abs=1e-7)
    assert tuple(map(float, wilson_by_hand(differing, pairs))) == pytest.approx(found, abs=1e-12)


@given(st.integers(1, 10**7), st.floats(0, 1), st.floats(0.5, 0.9999))
def test_an_interval_holds_its_share_and_stays_within_0_and_1(pairs: int, part: float, confidence: float) -> None:
    share = round(part * pairs) / pairs
    low, high = wilson(share, pairs, confidence)

    assert 0 <= low <= share <= high <= 1
    assert low < high
    # the mirror image
    assert (1 - high, 1 - low) == pytest.approx(wilson(1 - share, pairs, confidence), abs=1e-9)
    wide = wilson(share, pairs, confidence + (1 - confidence) / 2)
    assert wide[0] <= low and high <= wide[1]


# Comparing.


def lines(answers: dict[str, Any], **more: dict[str, Any]) -> str:
    return "\n".join(
        json.dumps({"request_id": name, "output": answer} | {field: of[name] for field, of in more.items()})
        for name, answer in answers.items()
    )


def compared(folder: Path, old: str, new: str, confidence: float = 0.95) -> Comparison:
    (folder / "old").write_text(old, encoding="utf-8")
    (folder / "new").write_text(new, encoding="utf-8")
    return compare(read_outputs(folder / "old"), read_outputs(folder / "new"), confidence=confidence)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("billing", " billing\n", True),
        ("a  b\tc", "a b c", True),
        ("a\u00a0b", "a b", True),
        ("caf\u00e9", "cafe\u0301", True),
        ("billing", "Billing", False),
        ("billing", "billing.", False),
        ("ab", "a b", False),
        ({"label": "x", "sure": True}, {"sure": True, "label": "x"}, True),
        (5, "5", True),
        ("", " ", True),
        ("\ud800", "\ud800", True),
    ],
)
def test_answers_are_the_same_but_for_spaces_and_composition(one: Any, other: Any, is_same: bool) -> None:
    assert is_same == (hashed(one) == hashed(other))


def test_a_comparison_counts_pairs_and_what_is_missing(tmp_path: Path) -> None:
    found = compared(tmp_path, lines({"a": "x", "b": "y", "c": "z"}), lines({"b": "y ", "a": "w", "d": "x"}))

    assert (2, 1, 1, 0.5) == tuple(
        found.totals[name] for name in ("pairs", "missing", "disagreements", "disagreement_share")
    )
    assert ("a",) == found.differing
    assert 1 == found.unknown
    assert [found.totals] == found.rows


def test_strata_are_rows_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    names = [f"r{n}" for n in range(6)]
    strata = dict(zip(names, ["10", REST, 2, None, 2, "10"], strict=True))
    new = {name: "no" if name == "r2" else "yes" for name in names if name != "r1"}
    found = compared(tmp_path, lines(dict.fromkeys(names, "yes"), stratum=strata), lines(new))

    assert [("2", 2, 0, 0.5), ("10", 2, 0, 0.0), (REST, 0, 1, None), (None, 1, 0, 0.0)] == [
        (row["stratum"], row["pairs"], row["missing"], row["disagreement_share"]) for row in found.rows
    ]
    assert (5, 1, 1) == tuple(found.totals[name] for name in ("pairs", "missing", "disagreements"))


def test_weights_say_what_share_of_the_traffic_differs(tmp_path: Path) -> None:
    weight = {"a": 90, "b": "6", "c": 4.0}
    found = compared(tmp_path, lines(dict.fromkeys("abc", "x"), weight=weight), lines({"a": "x", "b": "y", "c": "x"}))
    # 6 of 100; 100^2 / (8100 + 36 + 16) = 1.226693 requests of equal weight
    low, high = wilson(0.06, 10_000 / 8152)

    assert 0.06 == pytest.approx(found.totals["weighted_share"])
    assert (low, high) == pytest.approx((found.totals["weighted_low_share"], found.totals["weighted_high_share"]))
    assert found.totals["high_share"] == found.upper_share > high


def test_equal_weights_change_nothing(tmp_path: Path) -> None:
    names = [str(n) for n in range(10)]
    weight = dict.fromkeys(names, 7.25)
    found = compared(
        tmp_path, lines(dict.fromkeys(names, "x"), weight=weight), lines(dict.fromkeys(names, "x") | {"3": "y"})
    )

    for name, weighted in (("disagreement_share", "weighted_share"), ("high_share", "weighted_high_share")):
        assert found.totals[name] == pytest.approx(found.totals[weighted])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answers=st.dictionaries(
        st.text("abcdef", min_size=1, max_size=3),
        st.tuples(st.sampled_from("xyz"), st.sampled_from("xyz"), st.integers(0, 3), st.floats(1e-6, 1e9)),
        min_size=1,
        max_size=20,
    ),
    order=st.randoms(use_true_random=False),
)
def test_the_order_of_lines_changes_nothing(
    tmp_path: Path, answers: dict[str, tuple[str, str, int, float]], order: Random
) -> None:
    def shuffled(text: str) -> str:
        parts = text.split("\n")
        order.shuffle(parts)
        return "\n".join(parts)

    strata = {name: str(row[2]) for name, row in answers.items()}
    weights = {name: row[3] for name, row in answers.items()}
    old = lines({name: row[0] for name, row in answers.items()}, stratum=strata, weight=weights)
    new = lines({name: row[1] for name, row in answers.items()})
    found = compared(tmp_path, old, new)

    assert found == compared(tmp_path, shuffled(old), shuffled(new))
    assert sum(row[0] != row[1] for row in answers.values()) == found.totals["disagreements"] == len(found.differing)
    assert len(answers) == sum(row["pairs"] for row in found.rows)
    for row in [*found.rows, found.totals]:
        assert 0 <= row["low_share"] <= row["disagreement_share"] <= row["high_share"] <= 1
        assert 0 <= row["weighted_low_share"] <= row["weighted_share"] <= row["weighted_high_share"] <= 1


def test_tables_are_read_with_any_delimiter_and_line_ends_in_quotes(tmp_path: Path) -> None:
    table = 'Request_ID;output;weight\na;"x;\ny";2\n\nb;z;3\n'
    found = compared(tmp_path, table, lines({"a": "x; y", "b": "w"}))

    assert ("b",) == found.differing
    assert 0.6 == pytest.approx(found.totals["weighted_share"])


def test_given_hashes_are_compared_where_there_are_no_texts(tmp_path: Path) -> None:
    found = compared(tmp_path, "request_id,output,output_hash\na,,17\nb,,18\n", "request_id,output_hash\na,17\nb,19\n")

    assert ("b",) == found.differing


def test_a_text_is_never_compared_with_a_hash(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"new:1: .*old:2"):
        compared(tmp_path, "request_id,output_hash\na,17\n", lines({"a": "x"}))


REFUSALS = [
    ("", InputError, "empty"),
    ('{"request_id": "a", "output": "x"}\n{"request_id": "b", "output": "' + SECRET, FormatError, ":2: broken JSON"),
    (f'["{SECRET}"]', FormatError, ":1: not a JSON object"),
    ('{"output": "' + SECRET + '"}', FormatError, ":1: no request_id"),
    ('{"request_id": "", "output": "' + SECRET + '"}', FormatError, ":1: no request_id"),
    ('{"request_id": "a"}', FormatError, ":1: neither output"),
    ('{"request_id": "a", "output": null}', FormatError, ":1: neither output"),
    (lines({"a": SECRET}) + "\n\n" + lines({"a": SECRET}), FormatError, ":3: the request_id of .*:1 again"),
    (lines({"a": "x"}, weight={"a": SECRET}), FormatError, ":1: the weight"),
    (lines({"a": "x"}, weight={"a": 0}), FormatError, ":1: the weight"),
    (lines({"a": "x"}, weight={"a": float("inf")}), FormatError, ":1: the weight"),
    (lines({"a": "x"}, weight={"a": True}), FormatError, ":1: the weight"),
    (lines({"a": "x", "b": SECRET}, weight={"a": 1, "b": None}), FormatError, ":2: no weight here"),
    (f"id,output\na,{SECRET}\n", FormatError, ":1: no column request_id"),
    (f"request_id,output\na,{SECRET},{SECRET}\n", FormatError, ":2: 3 cells under 2 columns"),
    (f'request_id,output\na,x\nb,"{SECRET}\n', FormatError, ":3: broken CSV"),
    ("[" * 100_000, FormatError, ":1: broken JSON"),
]


@pytest.mark.parametrize(("text", "kind", "word"), REFUSALS)
def test_what_cannot_be_read_is_refused_with_its_line_and_without_its_text(
    tmp_path: Path, text: str, kind: type[LlmcostError], word: str
) -> None:
    with pytest.raises(kind, match=word) as refused:
        read_outputs(write(tmp_path / "new.txt", text))

    assert 3 == refused.value.exit_code
    assert SECRET not in refused.value.message + refused.value.hint
    assert refused.value.hint
    assert refused.value.__cause__ is None


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: no such file"):
        read_outputs(tmp_path / "nowhere")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="UTF-8"):
        read_outputs(tmp_path / "bytes")


def test_files_with_nothing_in_common_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not one request_id is in both"):
        compared(tmp_path, lines({"a": "x"}), lines({"b": "x"}))


@pytest.mark.parametrize("confidence", [0, 1, -0.5, float("nan")])
def test_a_confidence_is_between_0_and_1(tmp_path: Path, confidence: float) -> None:
    with pytest.raises(UsageError, match="--confidence"):
        compared(tmp_path, lines({"a": "x"}), lines({"a": "x"}), confidence)


# The commands.


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    log = write(tmp_path / "log.jsonl", "\n".join(map(json.dumps, labels(common=900, rare=2))))
    return Reading(paths=(str(log),), pricing=write(tmp_path / "book.yaml", BOOK), format="csv")


def test_sample_prints_rows_on_stdout_and_what_they_prove_on_stderr(
    reading: Reading, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == run_sample(reading)
    out, err = capsys.readouterr()

    assert ",".join(COLUMNS) == out.splitlines()[0]
    assert 151 == len(out.splitlines())
    assert "150 of 902 requests that can be compared, 2 answers; seed 7" in err
    assert "150 requests without a disagreement bound the rate to 2.0% (95%, 3/n)" in err
    # 148 of 900: 3 x 900 / 148 / 902
    assert "weighted, to 2.0% of" in err
    assert "would then end at 2.5%" in err
    # 150 x 120 and 150 x 480 micro-USD
    assert "about $0.02 on the candidate for 150 requests" in err
    assert "the sample cost $0.07 as it was" in err


def test_sample_says_in_json_what_was_drawn(reading: Reading, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run_sample(replace(reading, format="json"), SampleOptions(size=10, seed=3, candidate="swift"))
    found = json.loads(capsys.readouterr().out, parse_float=Decimal)

    assert {
        "size": 10,
        "seed": 3,
        "requests": 902,
        "strata": 2,
        "cost_usd": Decimal("0.0048"),
        "candidate_cost_usd": Decimal("0.0023"),
        "candidate_requests": 10,
    } == found["sample"]
    assert ("sample", 10, "swift") == (found["command"], len(found["rows"]), found["rows"][0]["candidate_model"])


def test_sample_warns_of_free_text(reading: Reading, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = write(tmp_path / "free.jsonl", "\n".join(json.dumps(request(n, f"{SECRET} {n}")) for n in range(20)))
    run_sample(replace(reading, paths=(str(log),)), SampleOptions(size=5))
    out, err = capsys.readouterr()

    assert "is this free text?" in err
    assert SECRET not in out + err


def test_sample_refuses_a_size_below_one(reading: Reading) -> None:
    with pytest.raises(UsageError, match="--size 0"):
        run_sample(reading, SampleOptions(size=0))


def test_a_sample_can_be_verified_as_it_is_written(
    reading: Reading, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_sample(replace(reading, format="jsonl", output=tmp_path / "sample.jsonl"))
    rows = [json.loads(line) for line in (tmp_path / "sample.jsonl").read_text(encoding="utf-8").splitlines()]
    for name, other in (("old.jsonl", SECRET), ("new.jsonl", "else")):
        answered = [row | {"output": other if at == 149 else SECRET} for at, row in enumerate(rows)]
        (tmp_path / name).write_text("\n".join(map(json.dumps, answered)), encoding="utf-8")
    capsys.readouterr()

    assert 0 == verify(tmp_path / "old.jsonl", tmp_path / "new.jsonl", format="csv")
    out, err = capsys.readouterr()
    assert ["1,148,0,0,0.0,0.0", "2,2,0,1,0.5"] == [
        ",".join(line.split(",")[:count]) for line, count in zip(out.splitlines()[1:], (6, 5), strict=True)
    ]
    assert "compared: 150 of 150" in err
    assert "disagreement: 0.7%, 95% interval 0.1% to 3.7% (Wilson)" in err
    # the last one stands for itself alone, of 902
    assert "weighted: 0.1% of all" in err
    assert "let a person judge the 1, blind" in err
    assert SECRET not in out + err


def verify(old: Path, new: Path, *, format: str | None = None, fail_above: float | None = None) -> int:
    return run_verify(TableOptions(format=format), old, new, VerifyOptions(fail_above=fail_above))


def answers(count: int, differing: int) -> tuple[str, str]:
    names = [f"r{n}" for n in range(count)]
    return lines(dict.fromkeys(names, SECRET)), lines(
        {n: "x" if i < differing else SECRET for i, n in enumerate(names)}
    )


@pytest.mark.parametrize(
    ("count", "differing", "fail_above", "code"),
    [
        (150, 0, None, 0),
        (150, 0, 0.02, 1),  # 2.5 %
        (189, 0, 0.02, 0),  # 3.841459 / 192.841459 = 1.992 %
        (188, 0, 0.02, 1),  # 3.841459 / 191.841459 = 2.0024 %
        (100, 3, 0.09, 0),
        (100, 3, 0.08, 1),
        (10, 10, 1, 0),
    ],
)
def test_the_gate_looks_at_the_upper_end(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    count: int,
    differing: int,
    fail_above: float | None,
    code: int,
) -> None:
    old, new = answers(count, differing)

    assert code == verify(
        write(tmp_path / "old", old), write(tmp_path / "new", new), format="json", fail_above=fail_above
    )
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (bool(code), differing) == (found["is_failed"], len(found["differing_request_ids"]))
    assert ("gate: failed" in err, "gate: passed" in err) == (bool(code), fail_above is not None and not code)
    assert SECRET not in out + err


def test_verify_says_how_bad_missing_answers_can_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = answers(100, 0)
    assert 0 == verify(
        write(tmp_path / "old", old), write(tmp_path / "new", "\n".join(new.split("\n")[3:]) + "\n" + lines({"z": "x"}))
    )

    _, err = capsys.readouterr()
    assert "compared: 97 of 100" in err
    assert "missing: 3 have no new answer; if they all differed, the interval would end at 8.5%" in err
    assert "unknown: 1 new answer" in err


def test_a_gate_is_not_passed_by_answers_that_are_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = answers(150, 0)
    few = write(tmp_path / "few", "\n".join(new.split("\n")[130:]))

    # 20 answers without a difference end at 16.1 % (Wilson); 130 of 150 more that may differ, at 91.2 %
    with pytest.raises(IncompleteError, match=r"130 missing answers .* ends at 91\.2\d%, above 20\.00%"):
        verify(write(tmp_path / "old", old), few, format="json", fail_above=0.2)
    found = json.loads(capsys.readouterr().out)
    assert (False, True) == (found["is_failed"], found["is_undecided"])
    assert 1 == verify(write(tmp_path / "old", old), few, fail_above=0.16)
    assert 0 == verify(write(tmp_path / "old", old), few, fail_above=0.92)


@pytest.mark.parametrize("share", [-0.1, 2, float("nan")])
def test_a_gate_is_a_share(tmp_path: Path, share: float) -> None:
    old, new = answers(3, 0)
    with pytest.raises(UsageError, match="--fail-above"):
        verify(write(tmp_path / "old", old), write(tmp_path / "new", new), fail_above=share)
