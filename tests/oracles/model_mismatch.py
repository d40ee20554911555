"""docs/detectors/model-mismatch.md in plain Python, and logs for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from hypothesis import strategies as st

from tests.oracles import unlogged_labels
from tests.oracles.invented import Choice, Record, in_time, merged
from tests.oracles.unlogged_labels import Shape, p95

COLUMNS = (
    "finding",
    "saving_usd",
    "saving_low_usd",
    "saving_high_usd",
    "certainty",
    "evidence_tier",
    "stand_in",
    "stand_in_usd",
    "labels",
    "lengths",
    "answers",
    "top_answers",
    "p95_tokens",
)
PARAMS = {
    "min_requests": 50,
    "max_labels": 20,
    "max_label_tokens": 20,
    "max_top_share": 0.98,
    "escalation_share": 0.15,
    "tokenizer_factor": 1.3,
    **unlogged_labels.PARAMS,
}
TOOL_CALLS = {"tool_calls", "tool_use", "function_call"}
BOOK = """\
format: llmcost-pricing/1
providers: [{id: acme}, {id: lender, fallback: [acme]}, {id: other}]
models:
  - {provider: acme, model: dear, match: [dear-too], prices: [{input: 10.123456789, output: 20, cache_read: 1}]}
  - provider: acme
    model: old
    prices: [{input: 10, output: 20, cache_read: 1, variants: [{when: {processing: batch}, multiply: 0.5}]}]
  - {provider: acme, model: late, prices: [{input: 10, output: 20, cache_read: 1}]}
  - {provider: acme, model: odd, prices: [{input: 10, output: 20, cache_read: 0.1}]}
  - {provider: acme, model: cheap, prices: [{input: 1, output: 2, cache_read: 0.1}]}
  - {provider: acme, model: free, prices: [{input: 0, output: 0, cache_read: 0}]}
  - {provider: acme, model: mini, prices: [{input: 1, output: 2}]}
  - {provider: acme, model: dated, prices: [{from: 2026-03-03, input: 1, output: 2, cache_read: 0.1}]}
  - provider: acme
    model: new
    prices:
      - input: 5.123456788
        output: 10
        cache_read: 1
        tiers: [{over: 2000, input: 12, output: 20}]
        variants: [{when: {processing: batch}, multiply: 0.5}]
  - {provider: other, model: dear, prices: [{input: 10, output: 20, cache_read: 1}]}
adjust:
  - {provider: acme, model: dear, multiply: 0.930001}
  - {provider: acme, model: new, multiply: 0.950001}
substitutes:
  - {provider: acme, model: dear, smaller: mini}
  - {provider: acme, model: old, smaller: mini, successor: new, from: 2026-03-03}
  - {provider: acme, model: late, smaller: dated, successor: new, from: 2026-01-01}
  - {provider: acme, model: odd, smaller: mini}
  - {provider: acme, model: cheap, smaller: mini, successor: mini, from: 2026-01-01}
  - {provider: acme, model: free, smaller: mini, successor: mini, from: 2026-01-01}
"""
NEVER = 2**62
BORDER = (date(2026, 3, 3) - date(1970, 1, 1)).days * 86_400_000_000
# BOOK once more: smaller model, successor, and the first moment of that
SUBSTITUTES: dict[str, tuple[str | None, str | None, int]] = {
    "dear": ("mini", None, NEVER),
    "old": ("mini", "new", BORDER),
    "late": ("dated", "new", 0),
    "odd": ("mini", None, NEVER),
    "cheap": ("mini", "mini", 0),
    "free": ("mini", "mini", 0),
}
# USD per million tokens: input, cache read, output
RATES = {
    ("acme", "dear"): (Decimal("10.123456789"), Decimal(1), Decimal(20)),
    ("acme", "old"): (Decimal(10), Decimal(1), Decimal(20)),
    ("acme", "late"): (Decimal(10), Decimal(1), Decimal(20)),
    ("acme", "odd"): (Decimal(10), Decimal("0.1"), Decimal(20)),
    ("acme", "cheap"): (Decimal(1), Decimal("0.1"), Decimal(2)),
    ("acme", "free"): (Decimal(0), Decimal(0), Decimal(0)),
    ("acme", "mini"): (Decimal(1), Decimal(1), Decimal(2)),
    ("acme", "dated"): (Decimal(1), Decimal("0.1"), Decimal(2)),
    ("acme", "new"): (Decimal("5.123456788"), Decimal(1), Decimal(10)),
    ("other", "dear"): (Decimal(10), Decimal(1), Decimal(20)),
}
LARGE = {"new": (Decimal(12), Decimal(1), Decimal(20))}
CONTRACTS = {("acme", "dear"): Decimal("0.930001"), ("acme", "new"): Decimal("0.950001")}
EXACT = Context(prec=80)
Request = Mapping[str, Any]
Row = dict[str, Any]


def found(requests: Sequence[Request], params: Mapping[str, Any]) -> dict[str, Row]:
    """Find the requests with a cheaper model by `case_id`, as columns of COLUMNS."""
    limits = {name: Decimal(str(value)) for name, value in {**PARAMS, **params}.items()}
    routes: dict[Any, list[Request]] = defaultdict(list)
    for r in requests:
        routes[r["key"], r["provider"], r["model"], r["system_prompt_hash"]].append(r)
    shapes = unlogged_labels.listed(requests, limits)
    rows: dict[str, Row] = {}
    for members in routes.values():
        route = closed([r for r in members if is_answer(r)], limits)
        for r in members:
            shape = shapes.get(r["case_id"]) or (route if r["output_hash"] else None)
            row = (shape and closed_labels(r, shape, limits)) or superseded(r, limits)
            if row:
                rows[r["case_id"]] = row
    return rows


def is_answer(r: Request) -> bool:
    # the document says "no embeddings" of what is found; that they are no answers either is how it is read here
    return bool(r["status"] == "ok" and r["operation_name"] != "embeddings")


def closed(answers: list[Request], limits: Mapping[str, Decimal]) -> Shape | None:
    """Describe a route that only picks labels; None for any other."""
    all_answers, answers = len(answers), [r for r in answers if r["output_hash"] is not None]
    n = len(answers)
    labels = Counter(r["output_hash"] for r in answers)
    if n == 0 or n < limits["min_requests"] or 0 < all_answers - n < limits["min_requests"]:
        return None
    known = sorted(r["output_tokens"] for r in answers if r["output_tokens"] is not None)
    top = max(labels.values())
    is_closed = (
        are_short(answers, known, limits)
        and len(labels) <= limits["max_labels"]
        and 10 * len(labels) <= n
        and top <= limits["max_top_share"] * n
    )
    return Shape("text", len(labels), None, n, top, p95(known), is_sure=True) if is_closed else None


def are_short(answers: list[Request], known: list[int], limits: Mapping[str, Decimal]) -> bool:
    reasoned = sum((r["reasoning_output_tokens"] or 0) > 0 for r in answers)
    short = sum(size <= limits["max_label_tokens"] for size in known)
    are_final = all(r["finish_reason"] not in TOOL_CALLS for r in answers)
    return are_final and 20 * reasoned <= len(answers) and 100 * short >= 95 * len(answers)


def closed_labels(r: Request, route: Shape, limits: Mapping[str, Decimal]) -> Row | None:
    prices = cheaper(r, substitutes(r)[0])
    if prices is None or r["status"] != "ok":
        return None
    spent, less = prices
    at_least = spent - less - product(limits["escalation_share"], spent)
    return {
        "finding": "closed labels on a dear model",
        **saving(spent, less, at_least if route.is_sure else Decimal(0)),
        "evidence_tier": route.tier,
        "stand_in": substitutes(r)[0],
        "labels": route.labels,
        "lengths": route.lengths,
        "answers": route.answers,
        "top_answers": route.top_answers,
        "p95_tokens": route.p95_tokens,
    }


def superseded(r: Request, limits: Mapping[str, Decimal]) -> Row | None:
    _, successor, since = substitutes(r)
    prices = cheaper(r, successor)
    if prices is None or r["started_us"] < since:
        return None
    spent, less = prices
    return {
        "finding": "superseded model",
        **saving(spent, less, spent - product(max(Decimal(1), limits["tokenizer_factor"]), less)),
        "evidence_tier": "fields",
        "stand_in": successor,
        **dict.fromkeys(("labels", "lengths", "answers", "top_answers", "p95_tokens")),
    }


def substitutes(r: Request) -> tuple[str | None, str | None, int]:
    nothing = (None, None, NEVER)
    return SUBSTITUTES.get(r["model"], nothing) if r["provider_name"] in ("acme", "lender") else nothing


def cheaper(r: Request, stand_in: str | None) -> tuple[Decimal, Decimal] | None:
    """Price a request on its model and on another one, if that is cheaper."""
    if stand_in is None or r["operation_name"] == "embeddings":
        return None
    spent, less = cost(r, r["model"]), cost(r, stand_in)
    return None if not spent or less is None or less >= spent else (spent, less)


def saving(spent: Decimal, less: Decimal, low: Decimal) -> Row:
    return {
        "saving_usd": spent - less,
        "saving_low_usd": max(Decimal(0), low),
        "saving_high_usd": spent - less,
        "certainty": "possible",
        "stand_in_usd": less,
    }


def product(factor: Decimal, usd: Decimal) -> Decimal:
    return EXACT.multiply(factor, usd).quantize(Decimal("1e-21"), ROUND_HALF_UP, EXACT)


def cost(r: Request, model: str) -> Decimal | None:
    """Multiply; None where there is no price, or the provider counted nothing."""
    seller = "other" if r["provider_name"] == "other" else "acme"
    rates = RATES.get((seller, model))
    is_sold = (not r["is_batch"] or model in ("old", "new")) and (model != "dated" or r["started_us"] >= BORDER)
    is_counted = r["usage_source"] == "provider" and None not in (r["input_tokens"], r["output_tokens"])
    if rates is None or not is_sold or not is_counted:
        return None
    if r["gateway_cache_hit"]:
        return Decimal(0)
    if r["input_tokens"] > 2000:
        rates = LARGE.get(model, rates)
    cached = r["cache_read_input_tokens"] or 0
    micro_usd = rates[0] * (r["input_tokens"] - cached) + rates[1] * cached + rates[2] * r["output_tokens"]
    factor = CONTRACTS.get((r["provider_name"], model), Decimal(1)) * (Decimal("0.5") if r["is_batch"] else 1)
    return EXACT.multiply(micro_usd / 1_000_000, factor)


BASE: Choice = {
    "api_key_alias": "k",
    "system_prompt_hash": "s",
    "status": "ok",
    "output_hash": "a",
    "input_tokens": 1001,
    "output_tokens": 5,
}
TARGETS: list[Choice] = [
    *({"provider_name": "acme", "request_model": model} for model in ("dear", "old", "late", "dear", "old", "late")),
    *({"provider_name": "acme", "request_model": model} for model in ("dear-too", "odd", "cheap", "free", "mini")),
    *({"provider_name": "lender", "request_model": model} for model in ("dear", "old")),
    {"provider_name": "other", "request_model": "dear"},
    {"provider_name": "acme", "request_model": "unheard-of"},
]
# what is not as in the other requests of a log: of a route of labels, or of any
MILD: list[Choice] = [
    *[{}] * 8,
    *({"output_hash": name} for name in "abbbbbbc"),
    *({"output_tokens": size} for size in (0, 4, 20, 21)),
    {"reasoning_output_tokens": 3},
    *({"input_tokens": size} for size in (2000, 2001)),
    *({"cache_read_input_tokens": size} for size in (900, 1001)),
    {"is_batch": True},
    {"request_model": "dear-too"},
]
CHANGES: list[Choice] = [
    *MILD[-18:],
    *({"output_hash": name} for name in ("b", "c", "d", None)),
    *({"reasoning_output_tokens": size} for size in (0, 3, 3)),
    *({"output_tokens": size} for size in (21, 300)),
    *({"finish_reason": reason} for reason in ("stop", "length", *sorted(TOOL_CALLS))),
    *({"status": "error", "http_status_code": code, "output_hash": None} for code in (500, 429)),
    {"status": "cancelled", "output_tokens": 300},
    {"input_tokens": None, "output_tokens": None},
    {"usage_source": "gateway_estimate"},
    {"gateway_cache_hit": True},
    {"operation_name": "embeddings", "output_tokens": 0},
    *({"api_key_alias": name} for name in ("l", None)),
    *({"system_prompt_hash": name} for name in ("t", None)),
    *TARGETS[1::4],
]
# how many requests the blocks have: where a tenth, 5 % or the top's share are hit exactly, or missed by one
TIMES = [(10,), (9,), (19,), (20,), (9, 1), (10, 10), (10, 9), (19, 1), (19, 1), (18, 1), (18, 2), (38, 2), (49, 1)]
EVERYWHERE: list[Choice] = [
    *[{}] * 6,
    {"api_key_alias": None},
    {"system_prompt_hash": None},
    {"operation_name": "embeddings"},
    {"usage_source": "gateway_estimate"},
]
# over the midnight that is ten seconds after the first, or a tick more
STEPS = (0, 0, 0.5, 1, 9.999999, 10)
SETTINGS = st.fixed_dictionaries(
    {
        "min_requests": st.sampled_from([4, 10, 20]),
        "max_labels": st.sampled_from([1, 2, 2, 3]),
        "max_label_tokens": st.sampled_from([4, 20, 20, 20]),
        "max_top_share": st.sampled_from([0.5, 0.9, 0.95, 0.98, 1, 1]),
        # fractions of at most four decimals: that is what the query keeps of them
        "escalation_share": st.sampled_from([0.15, 0, 0.3333, 1]),
        "tokenizer_factor": st.sampled_from([1.3, 0.5, 1, 1.3333]),
        "max_lengths": st.sampled_from([3, 4, 5, 5, 5]),
        "max_top_length": st.sampled_from([0.5, 0.9, 0.9, 1]),
    }
)


def logs() -> st.SearchStrategy[list[Record]]:
    """Invent logs of two blocks of requests that are alike, and some that are not."""
    blocks = st.sampled_from(TIMES).flatmap(lambda times: st.tuples(*(block((n,), MILD) for n in times)))
    others: st.SearchStrategy[list[list[Record]]] = st.one_of(
        st.just([]), st.lists(block((1, 1, 1, 2), CHANGES), max_size=3)
    )
    logged = st.tuples(st.sampled_from(TARGETS), st.sampled_from(EVERYWHERE), blocks, others).map(written)
    return st.one_of(logged, logged, unlogged_labels.logs(BASE, TARGETS[:8]).map(in_time))


def block(times: Sequence[int], changes: Sequence[Choice]) -> st.SearchStrategy[list[Record]]:
    """Invent so many requests that are alike, the first `after` the one before it by so many seconds."""
    one = st.tuples(*map(st.sampled_from, (STEPS, (None,), changes, changes))).map(merged)
    return st.tuples(one, st.sampled_from(times)).map(repeated)


def repeated(drawn: tuple[Record, int]) -> list[Record]:
    record, times = drawn
    return [record, *[{**record, "after": 0}] * (times - 1)]


def written(drawn: tuple[Choice, Choice, tuple[list[Record], ...], list[list[Record]]]) -> list[Record]:
    """Write blocks one after the other."""
    target, common, blocks, others = drawn
    return in_time([{**BASE, **target, **common, **record} for some in (*blocks, *others) for record in some])
