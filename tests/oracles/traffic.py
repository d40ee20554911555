"""Requests that hypothesis invents for the views of `llmcost report`, and a store that holds them and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from llmcost.store import Store

Request = dict[str, Any]
Choice = dict[str, Any]
# before clocks change: St. John's, Berlin (and a new price), Berlin, St. John's; a week of two years
ANCHORS = (
    datetime(2026, 3, 7, 20),
    datetime(2026, 3, 28, 21),
    datetime(2026, 3, 28, 22, 30),
    datetime(2026, 10, 24, 20),
    datetime(2026, 10, 31, 22),
    datetime(2025, 12, 28, 12),
)
# minutes from one request to the next: often within a retry's ten, at times none
PAUSES = (0, 0, 1, 5, 10, 10, 15, 29.5, 61)
MICROSECONDS = (0, 0, 0, 1, 999_999)

PLACES: list[Choice] = [
    *[{"provider_name": "acme", "request_model": "m"}] * 3,
    {"provider_name": "acme", "request_model": "m", "response_model": "m"},
    {"provider_name": "acme", "request_model": "half"},
    {"provider_name": "acme", "request_model": "half", "is_batch": True},
    *[{"provider_name": "other", "request_model": "m"}] * 2,
    {"provider_name": "other", "request_model": "unheard-of"},
    {"provider_name": "acme", "request_model": "m", "deployment_id": "pilot"},
    {"provider_name": None, "request_model": None},
]
USAGES: list[Choice] = [
    *[{"input_tokens": 1000, "output_tokens": 100}] * 2,
    {"input_tokens": 1003, "output_tokens": 0},
    {"input_tokens": 0, "output_tokens": 7},
    {"input_tokens": 777, "output_tokens": 501, "reasoning_output_tokens": 333},
    {"input_tokens": 777, "output_tokens": 501, "reasoning_output_tokens": 0},
    {"input_tokens": 900, "cache_read_input_tokens": 300, "output_tokens": 13},
    {"input_tokens": 4000, "cache_read_input_tokens": 0, "output_tokens": 13},
    {"input_tokens": 4000, "cache_read_input_tokens": 3000, "cache_write_input_tokens": 1000, "output_tokens": 9},
    {
        "input_tokens": 5000,
        "cache_read_input_tokens": 1000,
        "cache_write_input_tokens": 1501,
        "cache_write_5m_input_tokens": 500,
        "cache_write_1h_input_tokens": 1001,
        "output_tokens": 21,
    },
    {"input_tokens": 2000, "cache_write_input_tokens": 1999, "output_tokens": 21},
    {"input_tokens": 100, "cache_read_input_tokens": 300, "output_tokens": 13},  # cannot be
    {"input_tokens": 100, "output_tokens": 10, "usage_source": "gateway_estimate"},
    {"input_tokens": 100, "usage_source": "missing"},
    *[{"usage_source": "missing"}] * 2,
]
# `kind` is what docs/reports.md calls it, told by hand
OUTCOMES: list[Choice] = [
    *[{"kind": None}] * 6,
    {"kind": None, "finish_reason": "stop", "http_status_code": 200},
    {"kind": None, "finish_reason": "length"},
    {"kind": None, "finish_reason": "MAX_TOKENS"},
    {"kind": "content_filter", "finish_reason": "content_filter"},
    {"kind": "rate_limit", "status": "error", "http_status_code": 429},
    {"kind": "rate_limit", "status": "error", "error_type": "RateLimitError"},
    {"kind": "context_length", "status": "error", "http_status_code": 400, "error_type": "context_length_exceeded"},
    {"kind": "timeout", "status": "error", "http_status_code": 504},
    {"kind": "auth", "status": "error", "http_status_code": 401},
    {"kind": "cancelled", "status": "cancelled"},
    {"kind": "model_error", "status": "error", "http_status_code": 500},
    {"kind": "invalid_request", "status": "error", "http_status_code": 400},
    {"kind": "refused_by_gateway", "status": "error", "http_status_code": 422, "error_type": "BudgetExceededError"},
    {"kind": "refused_by_gateway", "status": "error", "error_type": "refused_by_gateway"},
    {"kind": "other", "status": "error"},
]
CALLERS: list[Choice] = [
    {},
    {"api_key_alias": "k", "user_id": "u"},
    {"api_key_id": "id", "api_key_alias": "k", "team_id": "t"},
    {"api_key_id": "id", "team_id": "t", "team_alias": "T"},
]
TAGS: list[Choice] = [{}, {"tags": []}, {"tags": ["a"]}, {"tags": ["a", "b"]}, {"tags": ["b", "c"]}]
MARKS: list[Choice] = [
    *[{}] * 6,
    {"gateway_cache_hit": False},
    *[{"gateway_cache_hit": True}] * 2,
    {"fallback_index": 0},
    {"fallback_index": 1},
    {"operation_name": "embeddings"},
]
LIMITS: list[Choice] = [{}, {}, *({"max_tokens_requested": most} for most in (70, 100, 130, 210, 1000))]
STREAMS: list[Choice] = [{}, {"is_stream": True}, {"is_stream": True}, {"is_stream": False}]
# milliseconds from the start to the first token and to the end; some clocks go backwards
WAITS: list[tuple[float | None, float | None]] = [
    *[(None, None), (None, 0), (None, 249.999), (None, 250), (None, 499.5), (None, 1000), (None, 31_999.999)],
    *[(100, 200), (100, 700.001), (300, 5000), (500, 9000), (1500, 40_000), (0, 3000), (2000, 15_500)],
    *[(700, 700), (900, 800), (-1, 500), (50, -1), (60, None), (0, 0), (None, 32_000), (120.5, 1500)],
]
CHAINS: list[Choice] = [
    {},
    {},
    *({"logical_request_id": name} for name in ("x", "y")),
    *({"logical_request_id": "x", "prompt_hash": prompt} for prompt in (1, 2)),
    {"gateway": "litellm", "trace_id": "trace"},
    {"trace_id": "trace"},
]
PARTS = (PLACES, USAGES, OUTCOMES, CALLERS, TAGS, MARKS, LIMITS, STREAMS, CHAINS)


@dataclass(frozen=True)
class Pace:
    """How far requests lie apart: `times` the pauses."""

    anchor: datetime
    times: int


def traffic(times: Sequence[int] = (1, 7, 40), least: int = 0, most: int = 60) -> st.SearchStrategy[list[Request]]:
    """Invent logs whose requests follow each other by some minutes, or by `times` as much."""
    one = st.tuples(
        st.sampled_from(PAUSES), st.sampled_from(MICROSECONDS), st.sampled_from(WAITS), *map(st.sampled_from, PARTS)
    )
    pace = st.builds(Pace, st.sampled_from(ANCHORS), st.sampled_from(times))
    return st.tuples(pace, st.lists(one, min_size=least, max_size=most)).map(lambda drawn: in_time(*drawn))


def in_time(pace: Pace, drawn: Sequence[tuple[Any, ...]]) -> list[Request]:
    """Make requests of what was drawn, one after the other."""
    at, made = pace.anchor, []
    for number, (pause, microseconds, waits, *parts) in enumerate(drawn):
        at += timedelta(minutes=pause * pace.times)
        started = at + timedelta(microseconds=microseconds)
        moments = [None if wait is None else started + timedelta(milliseconds=wait) for wait in waits]
        times = {"started_at": started, "first_token_at": moments[0], "ended_at": moments[1]}
        made.append(request(number, **times, **{name: value for part in parts for name, value in part.items()}))
    return made


# every column that is written, and its type
TYPES = {
    "request_id": "varchar",
    "dedupe_key": "ubigint",
    "file_id": "integer",
    "started_at": "timestamp",
    "first_token_at": "timestamp",
    "ended_at": "timestamp",
    "gateway": "varchar",
    "trace_id": "varchar",
    "provider_name": "varchar",
    "request_model": "varchar",
    "response_model": "varchar",
    "deployment_id": "varchar",
    "operation_name": "varchar",
    "input_tokens": "bigint",
    "cache_read_input_tokens": "bigint",
    "cache_write_input_tokens": "bigint",
    "cache_write_5m_input_tokens": "bigint",
    "cache_write_1h_input_tokens": "bigint",
    "output_tokens": "bigint",
    "reasoning_output_tokens": "bigint",
    "usage_source": "varchar",
    "usage_basis": "varchar",
    "is_batch": "boolean",
    "status": "varchar",
    "http_status_code": "smallint",
    "error_type": "varchar",
    "finish_reason": "varchar",
    "is_stream": "boolean",
    "api_key_id": "varchar",
    "api_key_alias": "varchar",
    "team_id": "varchar",
    "team_alias": "varchar",
    "user_id": "varchar",
    "tags": "varchar[]",
    "gateway_cache_hit": "boolean",
    "max_tokens_requested": "bigint",
    "fallback_index": "integer",
    "logical_request_id": "varchar",
    "prompt_hash": "ubigint",
}
USUAL: Mapping[str, Any] = dict.fromkeys(TYPES) | {
    "file_id": 1,
    "operation_name": "chat",
    "usage_source": "provider",
    "usage_basis": "inclusive",
    "is_batch": False,
    "status": "ok",
    "kind": None,
}


def request(number: int, **said: Any) -> Request:
    """Make one request, all columns that are not said as usual; `number` is its name and its place among equals."""
    return {**USUAL, "request_id": f"r{number}", "dedupe_key": number, **said}


def fill(store: Store, requests: Sequence[Request]) -> None:
    """Have these requests and no others in the store."""
    store.execute("delete from requests")
    if not requests:
        return
    columns = {name: [r[name] for r in requests] for name in TYPES}
    taken = ", ".join(f"unnest(${name}::{kind}[]) as {name}" for name, kind in TYPES.items())
    store.execute(f"insert into requests by name select {taken}", columns)
