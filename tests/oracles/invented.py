"""Small logs that hypothesis invents: few values, so that what is rare in real logs (ties, limits) is frequent here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from llmcost.ingest import ingest
from llmcost.pricing import Book, load_book
from llmcost.store import Store

Record = dict[str, Any]
Choice = dict[str, Any]
# shortly before a day on which a rule of billing begins to hold
BEGIN = datetime(2026, 3, 2, 23, 59, 50)
BOOK = """\
format: llmcost-pricing/1
billing: [{provider: acme, not_billed: [429], from: 2026-03-03}, {not_billed: [400, 429], to: 2026-03-03}]
models:
  - {provider: acme, model: m, prices: [{input: 10, output: 20, cache_read: 1}]}
  - {provider: acme, model: big, prices: [{input: 20.123456789, output: 20, cache_read: 2}]}
  - {provider: other, model: m, prices: [{input: 10.5, output: 20, cache_read: 1}]}
"""
# USD per million tokens of BOOK: input, cache read, output
RATES = {
    ("acme", "m"): (Decimal(10), Decimal(1), Decimal(20)),
    ("acme", "big"): (Decimal("20.123456789"), Decimal(2), Decimal(20)),
    ("other", "m"): (Decimal("10.5"), Decimal(1), Decimal(20)),
}

USAGES: list[Choice] = [
    {"input_tokens": 1000, "output_tokens": 100},
    {"input_tokens": 1003, "output_tokens": 0},
    {"input_tokens": 900, "cache_read_input_tokens": 300, "output_tokens": 7},
]
NO_USAGE: Choice = {}
# where it was sent; the last has no price
TARGETS: list[Choice] = [
    *[{"provider_name": "acme", "request_model": "m"}] * 4,
    {"provider_name": "acme", "request_model": "big"},
    {"provider_name": "other", "request_model": "m"},
    {"provider_name": "acme", "request_model": "unheard-of"},
]
GOOD: list[Choice] = [
    {"status": "ok", "finish_reason": "stop"},
    {"status": "ok", "finish_reason": "stop", "output_hash": "yes"},
    {"status": "ok", "http_status_code": 200, "output_hash": "no"},
    {"status": "ok"},
]
CUT: list[Choice] = [
    {"status": "ok", "finish_reason": "length", "output_hash": "yes"},
    {"status": "ok", "finish_reason": "max_tokens", "http_status_code": 200},
    {"status": "ok", "finish_reason": "content_filter"},
    {"status": "ok", "finish_reason": "refusal"},
]
FAILED: list[Choice] = [
    {"status": "error", "http_status_code": 500},
    {"status": "error", "http_status_code": 504, "error_type": "Timeout"},
    {"status": "error", "http_status_code": 429},
    {"status": "error", "http_status_code": 400},
    {"status": "error", "http_status_code": 408},
    {"status": "error", "error_type": "APITimeoutError"},
    {"status": "error", "error_type": "ETIMEDOUT"},
    {"status": "error", "error_type": "APIConnectionError"},
    {"status": "cancelled", "http_status_code": 499},
    {"status": "cancelled"},
]
OUTCOMES: list[Choice] = [
    *({**outcome, **usage} for outcome in [*GOOD, *CUT, *FAILED] for usage in USAGES),
    *({**outcome, **NO_USAGE} for outcome in FAILED * 2),
    *({**outcome, **NO_USAGE} for outcome in [GOOD[3], CUT[0]]),
]
CALLERS: list[Choice] = [
    *[{"api_key_alias": "k"}] * 4,
    {"api_key_alias": "k", "user_id": "u"},
    {"api_key_alias": "k", "end_user_id": "e"},
    {"api_key_alias": "l", "user_id": "u"},
]
MARKS: list[Choice] = [
    *[{}] * 4,
    {"is_batch": True},
    {"gateway_cache_hit": True},
    *({"logical_request_id": name} for name in ("x", "y", "r0")),
    *({"logical_request_id": name, "attempt_number": n} for name in ("x", "x", "y") for n in (0, 1, 2, 3)),
    *({"logical_request_id": "x", "fallback_index": n} for n in (0, 1, 2)),
    {"attempt_number": 1, "fallback_index": 1, "logical_request_id": "x"},
    {"request_id": "same"},
    {"request_id": "same", "attempt_number": 1},
    {"request_id": "same", "attempt_number": 2},
]
PROMPTS: list[Choice] = [*[{"prompt_hash": "p"}] * 6, {"prompt_hash": "q"}, {}, {}]
TEMPERATURES: list[Choice] = [{}, {}, {"temperature": 0}, {"temperature": 0}, {"temperature": 0.5}]
# seconds: a step of a tick beyond each limit, and steps that differ by a tenth
STEPS = (0, 0.25, 0.5, 0.75, 1, 1.1, 1.25, 2, 2.000001, 2.25, 2.5, 10, 11, 12, 60, 60.000001, 60.25, 61, 75)
LASTING = (None, 0, 0.25, 0.25, 0.5, 0.5, 1, 2, 10, 60)


def attempts(least: int = 2, most: int = 7) -> st.SearchStrategy[list[Record]]:
    """Invent logs in which much is sent again."""
    return st.lists(attempt(), min_size=least, max_size=most).map(in_time)


def attempt() -> st.SearchStrategy[Record]:
    """Invent one request, `after` the one before it by so many seconds."""
    parts = [CALLERS, TARGETS, PROMPTS, MARKS, TEMPERATURES, OUTCOMES]
    return st.tuples(st.sampled_from(STEPS), st.sampled_from(LASTING), *map(st.sampled_from, parts)).map(merged)


def merged(drawn: tuple[Any, ...]) -> Record:
    """Make one record of its parts."""
    after, lasts, *parts = drawn
    record = {"after": after, "lasts": lasts}
    for part in parts:
        record |= part
    return record


def in_time(steps: Iterable[Record]) -> list[Record]:
    """Turn steps and lengths into times; `case_id` is a name that no other request of the log has."""
    at, written = BEGIN, []
    for number, step in enumerate(steps):
        record = {"llmcost": 1, "gateway": "g", "case_id": f"r{number}", "request_id": f"r{number}", **step}
        at += timedelta(seconds=record.pop("after"))
        record["started_at"] = stamp(at)
        lasts = record.pop("lasts")
        if lasts is not None:
            record["ended_at"] = stamp(at + timedelta(seconds=lasts))
        written.append(record)
    return written


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds") + "Z"


APART = ("case_id", "request_id", "logical_request_id", "api_key_alias", "prompt_hash", "output_hash")


def together(logs: Iterable[list[Record]]) -> list[Record]:
    """Put many logs into one, so that none has to do with another: what names anything gets the log's number."""
    return [
        {key: f"{value}-{number}" if key in APART else value for key, value in record.items()}
        for number, log in enumerate(logs)
        for record in log
    ]


@dataclass
class Bench:
    """One store for many logs, and the files in which they and a book are handed over."""

    store: Store
    folder: Path
    books: dict[str, Book] = field(default_factory=dict)

    def book(self, text: str) -> Book:
        """Read a book once."""
        if text not in self.books:
            path = self.folder / "book.yaml"
            path.write_text(text, encoding="utf-8")
            self.books[text] = load_book([path])
        return self.books[text]

    def fill(self, records: Iterable[Record]) -> None:
        """Have these requests and no others in the store."""
        for table in ("requests", "files", "rejects", "ingests"):
            self.store.execute(f"delete from {table}")
        log = self.folder / "log.jsonl"
        log.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
        summary = ingest(self.store, [str(log)])
        assert (0, []) == (summary.rejected, summary.skipped)

    def records(self, query: str) -> list[Record]:
        """Run a query and give its rows by column."""
        result = self.store.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


# What every detector can find something in: prompts that begin alike, counters of caches, labels, embeddings.
MIXED_BOOK = (
    BOOK
    + """\
  - {provider: acme, model: auto, prices: [{input: 9.1, output: 20, cache_read: 0.333333333}]}
  - {provider: acme, model: small, prices: [{input: 1, output: 2.000000001, cache_read: 0.1}]}
  - {provider: acme, model: e, prices: [{input: 0.13, output: 0}]}
  - {provider: acme, model: free, prices: [{input: 0, output: 0}]}
cache_rules:
  - provider: acme
    models: [m, big]
    min_tokens: 500
    policies:
      - {name: 5m, ttl_seconds: 300, write: cache_write, hit_share: [0.85, 0.95, 1]}
      - {name: 1h, ttl_seconds: 3600, write: cache_write_1h, hit_share: [0.85, 1, 1]}
    source: "https://example.com"
    checked: 2026-03-01
  - provider: acme
    models: [auto]
    min_tokens: 256
    step_tokens: 128
    policies: [{name: automatic, ttl_seconds: 300, write: input, hit_share: [0.5, 0.777, 1]}]
    source: "https://example.com"
    checked: 2026-03-01
substitutes:
  - {provider: acme, model: big, smaller: small}
  - {provider: acme, model: auto, smaller: small, successor: small, from: 2026-01-01}
  - {provider: acme, model: m, smaller: small, successor: small, from: 2026-03-03}
"""
).replace("model: m, prices: [{input: 10,", "model: m, prices: [{cache_write: 12.5, cache_write_1h: 20, input: 10,", 1)
# so that a few requests are enough
MIXED_SETTINGS: dict[str, dict[str, Any]] = {
    "prompt-tax": {"min_requests": 2},
    "model-mismatch": {"min_requests": 3, "max_top_share": 1},
    "embeddings": {"min_items": 2, "min_repeat_share": 0.1, "min_requests": 2, "min_sizes": 1, "min_deviations": 0},
}
MODELS: list[Choice] = [
    *(
        {"provider_name": "acme", "request_model": model}
        for model in ("m", "m", "big", "auto", "auto", "unheard-of", "free")
    ),
    {"provider_name": "other", "request_model": "m"},
]
BEGINNINGS: list[Choice] = [
    {},
    *(
        {
            "system_prompt_hash": name,
            "system_prompt_chars": chars,
            "prefix_hashes": [name, *more],
            "prefix_chars": [chars, *(chars + 400 for _ in more)],
            "input_chars": chars + 800,
        }
        for name, chars in (("s", 3200), ("s", 3200), ("t", 1600))
        for more in ([], ["one"], ["two"])
    ),
]
COUNTERS: list[Choice] = [
    *[{}] * 3,
    *({"cache_read_input_tokens": n} for n in (0, 128, 800)),
    *({"cache_read_input_tokens": 0, "cache_write_input_tokens": n} for n in (0, 500, 800)),
    {"cache_read_input_tokens": 100, "cache_write_5m_input_tokens": 300, "cache_write_1h_input_tokens": 400},
]
ANSWERS: list[Choice] = [
    *({**outcome, "input_tokens": size, "output_tokens": 3} for outcome in GOOD for size in (1000, 1003, 901)),
    *({**outcome, "output_hash": label, **USAGES[0]} for outcome in GOOD for label in ("yes", "no")),
    *({**outcome, **USAGES[1]} for outcome in [*CUT, *FAILED]),
    *FAILED[:3],
]
DOCUMENTS: list[Choice] = [
    {
        "operation_name": "embeddings",
        "embedding_item_hashes": items,
        "embedding_item_chars": [400 * (n + 1) for n in range(len(items))],
        "embedding_dimensions": 256,
        "input_tokens": 101 * len(items),
        "output_tokens": 0,
        "request_model": model,
    }
    for items in (["a"], ["a", "b"], ["a", "a", "c"], ["b", "c", "d"])
    for model in ("e", "e", "unheard-of")
]
# the same without texts
DOCUMENTS += [
    {name: value for name, value in document.items() if "item" not in name} for document in DOCUMENTS for _ in range(2)
]
PAUSES = (*STEPS, 299, 301, 1800, 3700, 86_400)


def traffic(least: int = 4, most: int = 12) -> st.SearchStrategy[list[Record]]:
    """Invent logs of one application, in which every detector finds something now and then."""
    times = (st.sampled_from(PAUSES), st.sampled_from(LASTING))
    chat = [CALLERS, MODELS, PROMPTS, MARKS, TEMPERATURES, BEGINNINGS, ANSWERS, COUNTERS]
    embed = [CALLERS[:5], TARGETS[:1], MARKS[:6], DOCUMENTS, [GOOD[3], GOOD[3], FAILED[0]]]
    ask = [CALLERS[:1], MODELS[:2], PROMPTS[:1], TEMPERATURES[:3], BEGINNINGS[:3], [{**GOOD[1], **USAGES[0]}]]
    one = st.one_of([st.tuples(*times, *map(st.sampled_from, kind)) for kind in (chat, chat, embed, ask)])
    return st.lists(one.map(merged), min_size=least, max_size=most).map(in_time)
