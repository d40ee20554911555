"""docs/detectors/duplicates.md in plain Python, and logs for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.oracles import invented
from tests.oracles.invented import Choice, Record, in_time, merged

COLUMNS = (
    "finding",
    "saving_usd",
    "saving_low_usd",
    "saving_high_usd",
    "certainty",
    "age_us",
    "output_hash",
)
PARAMS = {"max_age_seconds": 86_400, "safe_age_seconds": 3600, "unlogged_seconds": 60}
SECOND_US = 1_000_000
UNUSABLE = {"length", "max_tokens", "content_filter", "refusal"}
TOOL_CALLS = {"tool_calls", "tool_use", "function_call"}
BOOK = invented.BOOK.replace("model: m, prices: [{input: 10,", "model: m, match: [m-too], prices: [{input: 10,") + (
    "  - {provider: acme, model: free, prices: [{input: 0, output: 0, cache_read: 0}]}\n"
)
RATES = {**invented.RATES, ("acme", "free"): (Decimal(0), Decimal(0), Decimal(0))}
Request = Mapping[str, Any]
Row = dict[str, Any]


def found(requests: Sequence[Request], params: Mapping[str, int]) -> dict[str, Row]:
    """Find the answers that a cache could have given by `case_id`, as columns of COLUMNS."""
    limits = {**PARAMS, **params}
    lines: dict[Any, list[Request]] = defaultdict(list)
    for r in requests:
        if is_question(r):
            lines[r["key"], r["model"], r["prompt_hash"], r["temperature"] is None].append(r)
    rows: dict[str, Row] = {}
    for line in lines.values():
        rows |= dict(found_in(sorted(line, key=lambda r: (r["started_us"], r["dedupe_key"])), limits))
    return rows


def is_question(r: Request) -> bool:
    return not r["is_batch"] and not r["gateway_cache_hit"] and not r["temperature"] and r["prompt_hash"] is not None


def is_answer(r: Request) -> bool:
    return r["status"] == "ok" and r["finish_reason"] not in UNUSABLE | TOOL_CALLS


def found_in(line: list[Request], limits: Mapping[str, int]) -> Iterable[tuple[str, Row]]:
    """Compare each answer of a line with the one before it."""
    clock = polling([r["started_us"] for r in line])
    before: Request | None = None
    for at, this in enumerate(line):
        if not is_answer(this):
            continue
        if before is not None and at not in clock and repeats(before, this, limits) and cost(this) != 0:
            yield this["case_id"], row(before, this, limits)
        before = this


def polling(starts: list[int]) -> set[int]:
    """Give the places of a line that belong to four successive questions as even as a clock."""
    places: set[int] = set()
    for at in range(len(starts) - 3):
        one, two, three = (starts[at + n + 1] - starts[at + n] for n in range(3))
        if 10 * abs(three - two) <= two and 10 * abs(two - one) <= one:
            places |= set(range(at, at + 4))
    return places


def ready(r: Request, limits: Mapping[str, int]) -> int:
    unlogged: int = r["started_us"] + limits["unlogged_seconds"] * SECOND_US
    return unlogged if r["ended_us"] is None else int(r["ended_us"])


def repeats(before: Request, this: Request, limits: Mapping[str, int]) -> bool:
    is_same = this["output_hash"] is not None and this["output_hash"] == before["output_hash"]
    return is_same and 0 <= this["started_us"] - ready(before, limits) <= limits["max_age_seconds"] * SECOND_US


def row(before: Request, this: Request, limits: Mapping[str, int]) -> Row:
    span, saving = limits["safe_age_seconds"] * SECOND_US, cost(this)
    is_safe = before["started_us"] // span == this["started_us"] // span
    return {
        "finding": "answered before",
        "saving_usd": saving,
        "saving_low_usd": saving if is_safe else saving and Decimal(0),
        "saving_high_usd": saving,
        "certainty": "possible" if this["temperature"] is None else "likely",
        "age_us": this["started_us"] - ready(before, limits),
        "output_hash": this["output_hash"],
    }


def cost(r: Request) -> Decimal | None:
    """Multiply; None where there is no price, or the provider counted nothing."""
    rates, cached = RATES.get((r["provider"], r["model"])), r["cache_read_input_tokens"] or 0
    if rates is None or r["input_tokens"] is None or r["usage_source"] != "provider":
        return None
    micro_usd: Decimal = rates[0] * (r["input_tokens"] - cached) + rates[1] * cached + rates[2] * r["output_tokens"]
    return micro_usd / 1_000_000


BASE: Choice = {"api_key_alias": "k", "prompt_hash": "p", "temperature": 0, "status": "ok", "output_hash": "yes"}
TARGETS: list[Choice] = [
    *[{"provider_name": "acme", "request_model": "m"}] * 3,
    {"provider_name": "acme", "request_model": "m-too"},
    {"provider_name": "other", "request_model": "m"},
    {"provider_name": "acme", "request_model": "big"},
    {"provider_name": "acme", "request_model": "free"},
    {"provider_name": "acme", "request_model": "unheard-of"},
]
# what is not as in the other requests of a log
CHANGES: list[Choice] = [
    *[{}] * 20,
    *TARGETS,
    {"user_id": "u"},
    *({"api_key_alias": name} for name in ("l", None)),
    *({"prompt_hash": name} for name in ("q", None)),
    *({"temperature": value} for value in (None, None, 0.5)),
    *({"output_hash": name} for name in ("no", None)),
    *({"finish_reason": reason} for reason in ("stop", *sorted(UNUSABLE | TOOL_CALLS))),
    {"status": "error", "http_status_code": 500},
    {"status": "cancelled"},
    {"is_batch": True},
    {"gateway_cache_hit": True},
    {"usage_source": "gateway_estimate"},
]
EVERYWHERE: list[Choice] = [{}, {}, {"temperature": None}, {"output_hash": None}]
USAGES: list[Choice] = [*invented.USAGES * 3, {}]
# a tenth apart, or a tick more
STEPS = (0, 0, 1, 9, 9.999999, 10, 10, 11, 11.000001, 12, 50, 60, 60, 60.000001, 70, 600, 3600, 86_400, 86_460)
LASTING = (None, None, 0, 0, 1, 10, 60)
SETTINGS: list[dict[str, Any]] = [
    *[{}] * 3,
    {"max_age_seconds": 10, "safe_age_seconds": 60, "unlogged_seconds": 0},
    {"max_age_seconds": 60, "safe_age_seconds": 10, "unlogged_seconds": 10},
    {"max_age_seconds": 0, "safe_age_seconds": 1, "unlogged_seconds": 9},
]


def logs(least: int = 2, most: int = 9) -> st.SearchStrategy[list[Record]]:
    """Invent logs in which much is asked again, now and then by a clock."""
    each = st.lists(question(), min_size=least, max_size=most)
    clock = st.sampled_from([(10, 11, 10, 10), (10, 10), (60, 60, 60), (60, 66, 60, 54), (0, 0, 0)])
    steps = st.one_of(each, each, st.tuples(each, clock, st.integers(0, 5)).map(even))
    drawn = st.tuples(st.sampled_from(TARGETS), st.sampled_from(EVERYWHERE), steps)
    return drawn.map(lambda log: in_time([{**BASE, **log[0], **log[1], **record} for record in log[2]]))


def question() -> st.SearchStrategy[Record]:
    """Invent one request, `after` the one before it by so many seconds."""
    return st.tuples(*map(st.sampled_from, (STEPS, LASTING, CHANGES, USAGES))).map(merged)


def even(drawn: tuple[list[Record], tuple[float, ...], int]) -> list[Record]:
    """Let some of the requests follow each other as even as a clock."""
    steps, clock, first = drawn
    return [
        {**record, "after": clock[at - first]} if 0 <= at - first < len(clock) else record
        for at, record in enumerate(steps)
    ]
