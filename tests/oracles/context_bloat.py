"""docs/detectors/context-bloat.md in plain Python, and logs for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.oracles.invented import Choice, Record, in_time, merged

PARAMS = {
    "min_requests": 100,
    "min_large_tokens": 8000,
    "max_answer_tokens": 1000,
    "min_skew": 3,
    "max_change": 1.25,
    "max_spread": 1.5,
    "cap_factor": 2,
}
SIZES = ("p50_tokens", "p75_tokens", "p90_tokens")
COLUMNS = (
    *("finding", "saving_usd", "saving_low_usd", "saving_high_usd", "certainty", "evidence_tier", "input_tokens"),
    *("usual_tokens", "cap_tokens", *SIZES, "p95_tokens", "answer_p95_tokens"),
    *("cap_p50_usd", "cap_p75_usd", "cap_p90_usd"),
)
TOOL_CALLS = {"tool_calls", "tool_use", "function_call"}
OWN_TOOLS = ("web_search_requests", "file_search_requests", "x_search_requests", "code_interpreter_requests")
BOOK = """\
format: llmcost-pricing/1
models:
  - provider: acme
    model: m
    prices:
      - input: 10.12345678
        output: 20
        cache_read: 1
        cache_write: 12.5
        cache_write_1h: 20
        web_search: 0.01
        tiers: [{over: 7000, input: 12, output: 20, cache_read: 2, cache_write: 15, cache_write_1h: 24}]
        variants: [{when: {processing: batch}, multiply: 0.5}]
  - {provider: acme, model: plain, prices: [{input: 10, output: 20, web_search: 0.01}]}
  - provider: acme
    model: dear-writes
    prices: [{input: 10, output: 20, cache_read: 30, cache_write: 0, web_search: 0.01}]
  - {provider: acme, model: free, prices: [{input: 0, output: 20, web_search: 0.01}]}
adjust: [{provider: acme, model: plain, multiply: 0.930001}]
"""
# BOOK once more, USD per million tokens: neither, written, written for an hour, read
RATES = {
    "m": ("10.12345678", "12.5", "20", "1"),
    "plain": ("10", "10", "10", "10"),
    "dear-writes": ("10", "0", "0", "30"),
    "free": ("0", "0", "0", "0"),
}
LARGE = ("12", "15", "24", "2")
SAVING, HIGH = (0, 1, 2, 3), (2, 1, 0, 3)
Request = Mapping[str, Any]
Row = dict[str, Any]
Limits = Mapping[str, Decimal]


@dataclass(frozen=True)
class Group:
    """How large the prompts of a group are."""

    p5_tokens: int
    p50_tokens: int
    p75_tokens: int
    p90_tokens: int
    p95_tokens: int
    answer_p95_tokens: int
    has_grown: bool
    usual_tokens: int
    cap_tokens: int


def found(requests: Sequence[Request], params: Mapping[str, Any]) -> dict[str, Row]:
    """Find the large requests of each group that is flagged by `case_id`, as columns of COLUMNS."""
    limits = {name: Decimal(str(value)) for name, value in {**PARAMS, **params}.items()}
    groups: dict[Any, list[Request]] = defaultdict(list)
    answered = sorted(filter(is_answer, requests), key=lambda r: (r["started_us"], r["dedupe_key"]))
    bare = {route(r) for r in answered if r["prompt_hash"] is None and r["system_prompt_hash"] is None}
    for r in answered:
        groups[*route(r), None if route(r) in bare else r["system_prompt_hash"]].append(r)
    rows: dict[str, Row] = {}
    for answers in groups.values():
        if is_looked_at(answers, limits):
            group = sizes(answers, limits)
            if is_flagged(answers, group, limits):
                rows |= {r["case_id"]: row(r, group) for r in answers if r["input_tokens"] > group.cap_tokens}
    return {name: row for name, row in rows.items() if row["saving_high_usd"] > 0}


def route(r: Request) -> tuple[Any, ...]:
    return tuple(r[name] for name in ("key", "provider", "model", "model_group"))


def is_answer(r: Request) -> bool:
    has_other = (r["input_audio_tokens"] or 0) > 0 or (r["input_image_tokens"] or 0) > 0
    is_paid = r["price_status"] == "priced" and r["cost_usd"] > 0 and r["output_tokens"] > 0
    return bool(
        is_paid
        and r["status"] == "ok"
        and r["error_kind"] is None
        and r["operation_name"] != "embeddings"
        and not has_other
    )


def is_looked_at(answers: list[Request], limits: Limits) -> bool:
    def at_most_5_percent(some: list[bool]) -> bool:
        return 20 * sum(some) <= len(answers)

    return (
        len(answers) >= limits["min_requests"]
        and nth([r["input_tokens"] for r in answers], 95) >= limits["min_large_tokens"]
        and nth([r["output_tokens"] for r in answers], 95) <= limits["max_answer_tokens"]
        and at_most_5_percent(
            [r["finish_reason"] in TOOL_CALLS or any((r[name] or 0) > 0 for name in OWN_TOOLS) for r in answers]
        )
        and at_most_5_percent([(r["reasoning_output_tokens"] or 0) > 0 for r in answers])
        and at_most_5_percent([is_cut(r) for r in answers])
    )


def is_cut(r: Request) -> bool:
    most = r["max_tokens_requested"]
    return bool(r["is_truncated"] or (most is not None and r["output_tokens"] >= most))


def nth(values: list[int], percent: int) -> int:
    """Take the value that so many percent do not exceed."""
    return sorted(values)[-(-percent * len(values) // 100) - 1]


def sizes(answers: list[Request], limits: Limits) -> Group:
    inputs = [r["input_tokens"] for r in answers]
    begin, median = inputs[: len(inputs) // 4], nth(inputs, 50)
    has_grown = bool(begin) and 2 * nth(begin, 50) <= median
    usual = nth(begin, 50) if has_grown else median
    return Group(
        p5_tokens=nth(inputs, 5),
        p50_tokens=median,
        p75_tokens=nth(inputs, 75),
        p90_tokens=nth(inputs, 90),
        p95_tokens=nth(inputs, 95),
        answer_p95_tokens=nth([r["output_tokens"] for r in answers], 95),
        has_grown=has_grown,
        usual_tokens=usual,
        cap_tokens=int(limits["cap_factor"]) * usual,
    )


def is_flagged(answers: list[Request], group: Group, limits: Limits) -> bool:
    large = [r for r in answers if r["input_tokens"] > group.cap_tokens]
    if not large or group.p95_tokens * group.p5_tokens < limits["min_skew"] * group.usual_tokens**2:
        return False
    usual = [r for r in answers if r["input_tokens"] <= group.usual_tokens]
    read = sum(r["cache_read_input_tokens"] or 0 for r in large)
    return bool(
        are_alike([r["output_tokens"] for r in large], [r["output_tokens"] for r in usual], limits)
        and are_steady(large, limits)
        and 2 * sum(r["case_id"] in carried_on(answers) for r in large) < len(large)
        and 2 * read < sum(r["input_tokens"] for r in large)
    )


def are_alike(large: list[int], usual: list[int], limits: Limits) -> bool:
    most, spread = limits["max_change"], limits["max_spread"]
    one, other = sum(large) * len(usual), sum(usual) * len(large)
    ends = [sorted((nth(large, percent), nth(usual, percent))) for percent in (10, 90)]
    return one <= most * other and other <= most * one and all(high <= spread * low for low, high in ends)


def are_steady(large: list[Request], limits: Limits) -> bool:
    said = [r["output_tokens"] for r in sorted(large, key=lambda r: (r["input_tokens"], r["dedupe_key"]))]
    middle = -(-len(said) // 2)
    first, second = said[:middle], said[middle:]
    return bool(sum(second) * len(first) <= limits["max_change"] * sum(first) * len(second))


def carried_on(answers: list[Request]) -> set[str]:
    """Find the answers of a group, in their order, that carry on from the one before."""
    found, last = set[str](), dict[Any, Request]()
    for r in answers:
        threads = [("caller", *caller(r)), *([("trace", r["trace"])] if r["trace"] is not None else [])]
        for thread in threads:
            before = last.get(thread)
            if (
                before
                and before["input_tokens"] + before["output_tokens"] <= r["input_tokens"] <= 2 * before["input_tokens"]
            ):
                found.add(r["case_id"])
            last[thread] = r
    return found


def caller(r: Request) -> tuple[str, str]:
    return next(((name, r[name]) for name in ("session", "end_user", "user") if r[name] is not None), ("", ""))


def row(r: Request, group: Group) -> Row:
    """Say what a cap would save of a request."""
    saving = taken(r, r["input_tokens"] - group.cap_tokens, SAVING)
    return {
        "finding": "prompts have grown, answers have not" if group.has_grown else "prompts far above the usual size",
        "saving_usd": saving,
        "saving_low_usd": Decimal(0),
        "saving_high_usd": max(saving, taken(r, r["input_tokens"] - group.p5_tokens, HIGH)),
        "certainty": "possible",
        "evidence_tier": "counts",
        "input_tokens": r["input_tokens"],
        **{name: getattr(group, name) for name in ("usual_tokens", "cap_tokens", *SIZES)},
        "p95_tokens": group.p95_tokens,
        "answer_p95_tokens": group.answer_p95_tokens,
        **{f"cap_{name[:3]}_usd": taken(r, max(0, r["input_tokens"] - getattr(group, name)), SAVING) for name in SIZES},
    }


def taken(r: Request, tokens: int, order: tuple[int, ...]) -> Decimal:
    """Price so many tokens of a request, taken from its kinds in this order."""
    read, written = r["cache_read_input_tokens"] or 0, r["cache_write_input_tokens"] or 0
    long = r["cache_write_1h_input_tokens"] or 0
    kinds, usd = (r["input_tokens"] - read - written, written - long, long, read), Decimal(0)
    for kind in order:
        usd += min(tokens, kinds[kind]) * Decimal(rates(r)[kind])
        tokens -= min(tokens, kinds[kind])
    factor = Decimal("0.930001") if r["model"] == "plain" else Decimal("0.5") if r["is_batch"] else Decimal(1)
    return usd.scaleb(-6) * factor


def rates(r: Request) -> tuple[str, ...]:
    return LARGE if r["model"] == "m" and r["input_tokens"] > 7000 else RATES[r["model"]]


BASE: Choice = {"api_key_alias": "k", "provider_name": "acme", "request_model": "m", "status": "ok"}
# one in twenty may be odd, and a group of twenty is not rare
TIMES = (1, 1, 2, 4, 5, 8, 10, 15)
SMALL: list[Choice] = [{"input_tokens": size} for size in (*[1000] * 6, 999, 1500, 2000, 500)]
# what is beyond the cap, and what just reaches the limits
BIG: list[Choice] = [{"input_tokens": size} for size in (3000, 4000, 6000, 9000, 9000, 2001, 3100, 2999)]
SAID: list[Choice] = [{"output_tokens": size} for size in (*[100] * 9, 125, 126, 80, 150, 151, 20)]
CALLERS: list[Choice] = [
    *[{}] * 9,
    *({name: value} for name in ("session_id", "end_user_id", "user_id", "trace_id") for value in ("a", "b")),
    {"session_id": "a", "trace_id": "b", "user_id": "a"},
]
CACHES: list[Choice] = [
    *[{}] * 5,
    {"cache_read_input_tokens": 400, "cache_write_input_tokens": 100},
    {"cache_read_input_tokens": 100, "cache_write_5m_input_tokens": 200, "cache_write_1h_input_tokens": 100},
    {"cache_read_input_tokens": 499},
]
MANY_CACHED: list[Choice] = [
    *CACHES,
    *({"cache_read_input_tokens": size} for size in (1500, 1501, 2001)),
    {"cache_read_input_tokens": 1, "cache_write_5m_input_tokens": 1000, "cache_write_1h_input_tokens": 900},
]
ODD: list[Choice] = [
    *[{}] * 30,
    {"reasoning_output_tokens": 3},
    {"finish_reason": "tool_calls"},
    {"finish_reason": "length"},
    {"finish_reason": "refusal"},
    {"max_tokens_requested": 100},
    {"web_search_requests": 1},
    {"input_image_tokens": 100},
    {"input_audio_tokens": 100},
    {"is_batch": True},
    {"status": "error", "http_status_code": 500},
    {"gateway_cache_hit": True},
    {"usage_source": "gateway_estimate"},
    {"operation_name": "embeddings"},
    {"system_prompt_hash": "s"},
    {"system_prompt_hash": "s", "prompt_hash": "p"},
    {"prompt_hash": "p"},
    {"model_group": "g"},
]
TARGETS: list[Choice] = [*[{}] * 5, *({"request_model": name} for name in ("plain", "dear-writes", "free", "none"))]
STEPS = (0, 1, 5, 600)
SETTINGS = st.fixed_dictionaries(
    {
        "min_requests": st.sampled_from([3, 5, 10, 20]),
        "min_large_tokens": st.sampled_from([1000, 3000]),
        "max_answer_tokens": st.sampled_from([100, 150, 1000, 1000]),
        "min_skew": st.sampled_from([3, 3, 1, 1.5, 2.9999]),
        "max_change": st.sampled_from([1.25, 1.25, 2, 1]),
        "max_spread": st.sampled_from([1.5, 1.5, 1, 9]),
        "cap_factor": st.sampled_from([2, 2, 1, 3]),
    }
)


def logs() -> st.SearchStrategy[list[Record]]:
    """Invent logs of blocks of requests that are alike, most of them small, in any order."""
    small = st.lists(block(SMALL, CACHES), min_size=1, max_size=3)
    large = st.lists(block(BIG, MANY_CACHED), min_size=1, max_size=4)
    blocks = st.tuples(small, large).map(lambda both: [*both[0], *both[1]]).flatmap(st.permutations)
    return st.tuples(st.sampled_from(TARGETS), st.sampled_from(CALLERS), blocks).map(written)


def block(inputs: list[Choice], caches: list[Choice]) -> st.SearchStrategy[list[Record]]:
    """Invent so many requests that are alike."""
    parts = (STEPS, (None,), inputs, SAID, CALLERS, caches, ODD)
    one = st.tuples(*map(st.sampled_from, parts)).map(merged)
    return st.tuples(one, st.sampled_from(TIMES)).map(lambda drawn: [drawn[0]] * drawn[1])


def written(drawn: tuple[Choice, Choice, list[list[Record]]]) -> list[Record]:
    """Write blocks one after the other."""
    target, common, blocks = drawn
    return in_time([{**BASE, **target, **record, **common} for some in blocks for record in some])
