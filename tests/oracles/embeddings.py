"""docs/detectors/embeddings.md in plain Python, and logs for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.oracles import counted_embeddings
from tests.oracles.invented import Choice, Record, in_time, merged

COLUMNS = (
    "finding",
    "saving_usd",
    "saving_low_usd",
    "saving_high_usd",
    "certainty",
    "evidence_tier",
    "items",
    "repeated_items",
    "repeated_tokens",
    "age_us",
    *counted_embeddings.COLUMNS,
)
PARAMS = {"min_items": 200, "min_repeat_share": Decimal("0.2"), "query_chars": 256, "store_days": 30}
DAY_US = 86_400_000_000
BOOK = """\
format: llmcost-pricing/1
models:
  - {provider: acme, model: e, match: [e-too], prices: [{input: 10, cache_read: 1}]}
  - provider: acme
    model: half
    prices: [{input: 0.123456788, cache_read: 0.012345678, variants: [{when: {processing: batch}, multiply: 0.5}]}]
  - {provider: other, model: e, prices: [{input: 20, cache_read: 2}]}
  - {provider: acme, model: free, prices: [{input: 0}]}
adjust: [{provider: acme, model: half, multiply: 0.930001}]
"""
# USD per million tokens of BOOK: input, cache read, and what a contract leaves of them
RATES = {
    ("acme", "e"): (Decimal(10), Decimal(1), Decimal(1)),
    ("acme", "half"): (Decimal("0.123456788"), Decimal("0.012345678"), Decimal("0.930001")),
    ("other", "e"): (Decimal(20), Decimal(2), Decimal(1)),
    ("acme", "free"): (Decimal(0), Decimal(0), Decimal(1)),
}
Request = Mapping[str, Any]
Row = dict[str, Any]


@dataclass
class Item:
    """One text of a request; `age` is None where it had not been embedded before."""

    hash: int | None
    weight: int
    age: int | None = None


def found(requests: Sequence[Request], params: Mapping[str, Any]) -> dict[str, Row]:
    """Find the requests that embedded something again by `case_id`, as columns of COLUMNS."""
    limits = {**PARAMS, **counted_embeddings.PARAMS, **params}
    spaces: dict[Any, list[Request]] = defaultdict(list)
    for r in requests:
        if is_looked_at(r) and not is_query(r, limits):
            spaces[r["key"], r["model"], r["embedding_dimensions"]].append(r)
    rows: dict[str, Row] = {}
    for members in spaces.values():
        rows |= found_in(sorted(members, key=lambda r: (r["started_us"], r["dedupe_key"])), limits)
    return rows | counted_embeddings.found(requests, limits, rates, cost)


def is_looked_at(r: Request) -> bool:
    return bool(r["embedding_item_hashes"]) and r["status"] == "ok" and not r["gateway_cache_hit"]


def is_query(r: Request, limits: Mapping[str, Any]) -> bool:
    """Tell a search from a document."""
    if len(r["embedding_item_hashes"]) != 1:
        return False
    size = sizes(r)[0]
    if size is None and r["input_tokens"] is not None:
        size = 4 * r["input_tokens"]
    return size is not None and size < limits["query_chars"]


def sizes(r: Request) -> list[int | None]:
    """Give each item of a request its size, if it has one."""
    known = r["embedding_item_chars"] or []
    return [known[at] if at < len(known) else None for at in range(len(r["embedding_item_hashes"]))]


def found_in(members: list[Request], limits: Mapping[str, Any]) -> dict[str, Row]:
    """Find them in one space, whose requests stand in order."""
    seen: dict[int, int] = {}
    embedded = [(r, aged(r, seen)) for r in members]
    items = [item for _, batch in embedded for item in batch]
    repeated = [item for item in items if item.age is not None]
    if len(items) < limits["min_items"] or len(repeated) < Decimal(str(limits["min_repeat_share"])) * len(items):
        return {}
    return {
        r["case_id"]: row(r, batch, limits)
        for r, batch in embedded
        if any(item.age is not None for item in batch) and cost(r) != 0
    }


def aged(r: Request, seen: dict[int, int]) -> list[Item]:
    """Weigh the items of a request, and see when each was embedded last."""
    known = [size for size in sizes(r) if size is not None]
    are_sizes = len(known) == len(r["embedding_item_hashes"]) and sum(known) > 0
    batch = []
    for at, name in enumerate(r["embedding_item_hashes"]):
        item = Item(name, known[at] if are_sizes else 1)
        if name is not None:
            if name in seen:
                item.age = r["started_us"] - seen[name]
            seen[name] = r["started_us"]
        batch.append(item)
    return batch


def row(r: Request, batch: list[Item], limits: Mapping[str, Any]) -> Row:
    repeated = [item for item in batch if item.age is not None]
    young = [item for item in repeated if (item.age or 0) <= limits["store_days"] * DAY_US]
    saving = worth(r, tokens(r, repeated, batch))
    return {
        "finding": "embedded again",
        "saving_usd": saving,
        "saving_low_usd": worth(r, tokens(r, young, batch)),
        "saving_high_usd": saving,
        "certainty": "proven",
        "evidence_tier": "text",
        "items": len(batch),
        "repeated_items": len(repeated),
        "repeated_tokens": tokens(r, repeated, batch),
        "age_us": min((item.age for item in repeated if item.age), default=0),
        **dict.fromkeys(counted_embeddings.COLUMNS),
    }


def tokens(r: Request, some: list[Item], batch: list[Item]) -> int | None:
    """Give some items of a request their whole tokens of it."""
    if r["input_tokens"] is None:
        return None
    return int(r["input_tokens"]) * sum(item.weight for item in some) // sum(item.weight for item in batch)


def worth(r: Request, repeated: int | None) -> Decimal | None:
    spent, rate = cost(r), rates(r)
    return None if spent is None or rate is None or repeated is None else min(repeated * rate[0], spent)


def rates(r: Request) -> tuple[Decimal, Decimal] | None:
    """Look up what a token costs; None where the book has no price for it."""
    known = RATES.get((r["provider"], r["model"]))
    if known is None or (r["is_batch"] and r["model"] != "half"):
        return None
    factor = known[2] * (Decimal("0.5") if r["is_batch"] else 1) / 1_000_000
    return known[0] * factor, known[1] * factor


def cost(r: Request) -> Decimal | None:
    """Multiply; None where there is no price, or the provider counted nothing."""
    per_token = rates(r)
    if per_token is None or not r["input_tokens"] or r["usage_source"] != "provider":
        return None
    cached = r["cache_read_input_tokens"] or 0
    spent: Decimal = (r["input_tokens"] - cached) * per_token[0] + cached * per_token[1]
    return spent


BASE: Choice = {"operation_name": "embeddings", "api_key_alias": "k", "embedding_dimensions": 256, "status": "ok"}
TARGETS: list[Choice] = [
    {"provider_name": "acme", "request_model": "e"},
    {"provider_name": "acme", "request_model": "e-too"},
    {"provider_name": "acme", "request_model": "half"},
    {"provider_name": "acme", "request_model": "half", "is_batch": True},
    {"provider_name": "other", "request_model": "e"},
    {"provider_name": "acme", "request_model": "e", "api_key_alias": None},
    {"provider_name": "acme", "request_model": "free"},
    {"provider_name": "acme", "request_model": "unheard-of"},
]
# what is not as in the other requests of a log
CHANGES: list[Choice] = [
    *[{}] * 20,
    *TARGETS,
    {"is_batch": True},
    {"api_key_alias": "l"},
    {"api_key_alias": None},
    {"embedding_dimensions": 512},
    {"embedding_dimensions": None},
    {"status": "error", "http_status_code": 500},
    {"status": "cancelled"},
    {"gateway_cache_hit": True},
]
USAGES: list[Choice] = [
    *[{"input_tokens": n} for n in (1000, 1001, 100, 64, 63, 3, 1)],
    {"input_tokens": 1000, "cache_read_input_tokens": 900},
    {"input_tokens": 101, "cache_read_input_tokens": 101},
    {"input_tokens": 1000, "usage_source": "gateway_estimate"},
    {"input_tokens": 63, "usage_source": "gateway_estimate"},
    {},
]
CHARS = {"a": 100, "b": 301, "c": 256, "d": 255, "": 7}
# the empty one has no hash
ITEMS = st.lists(st.sampled_from(["a", "a", "b", "b", "c", "d", ""]), min_size=1, max_size=4)
STEPS = (0, 0, 1, 600, 43_200, 86_399.999999, 86_400, 86_400, 86_400.000001, 172_800)
# pauses: within a run mostly, at the limits of one, and of a day or a week
PAUSES = (1, 1, 1, 1, 5, 60, 600, 1799.999999, 1800, 3600, 14_399.999999, 14_400, 43_200, 86_400, 86_400, 604_800)
BY_COUNTS: list[dict[str, Any]] = [
    {"min_requests": 2, "min_sizes": 1, "min_deviations": 0},
    {"min_requests": 3, "min_sizes": 2, "min_deviations": 1, "common_requests": 2, "long_pause_minutes": 60},
    {"min_requests": 6, "min_sizes": 1, "min_deviations": 0, "common_requests": 1, "short_pause_minutes": 1},
    {"min_requests": 4, "min_sizes": 1, "min_deviations": 1, "common_requests": 3, "long_pause_minutes": 1440},
    {"min_requests": 0, "min_sizes": 0, "min_deviations": 0, "short_pause_minutes": 0},
    {"min_requests": 2, "min_sizes": 2, "min_deviations": 2},
]
BY_TEXT: list[dict[str, Any]] = [
    {"min_items": 4, "store_days": 1},
    {"min_items": 2, "min_repeat_share": 0},
    {"min_items": 6, "min_repeat_share": 0.5, "store_days": 2},
    {"min_items": 5, "min_repeat_share": 0.4, "query_chars": 301, "store_days": 0},
    {"min_items": 1, "min_repeat_share": 0.333, "query_chars": 0, "store_days": 3},
    {"min_items": 3, "min_repeat_share": 1},
]
SETTINGS = [{**by_text, **by_counts} for by_text, by_counts in zip(BY_TEXT, BY_COUNTS, strict=True)]
TEXTS = ("embedding_item_hashes", "embedding_item_chars")


def logs(least: int = 2, most: int = 8) -> st.SearchStrategy[list[Record]]:
    """Invent logs in which much is embedded again, with texts, without them, or with some."""
    drawn = st.tuples(st.sampled_from(TARGETS), st.lists(request(), min_size=least, max_size=most))
    bare = st.tuples(st.sampled_from(TARGETS), st.lists(counted(), min_size=least, max_size=3 * most))
    return st.one_of(drawn, bare).map(lambda log: in_time([{**BASE, **log[0], **record} for record in log[1]]))


def counted() -> st.SearchStrategy[Record]:
    """Invent one request, mostly without its texts; few counts of tokens, and pauses that end a run."""
    usage = st.sampled_from(USAGES[:5] * 3 + USAGES)
    items = st.tuples(ITEMS, st.just("all")).map(written)
    parts = [st.sampled_from(PAUSES), st.just(None), st.sampled_from(CHANGES), usage, items]
    return st.tuples(st.integers(0, 9), st.tuples(*parts).map(merged)).map(without_texts)


def without_texts(drawn: tuple[int, Record]) -> Record:
    """Leave the texts out, nine times in ten."""
    number, record = drawn
    return record if not number else {name: value for name, value in record.items() if name not in TEXTS}


def request() -> st.SearchStrategy[Record]:
    """Invent one request, `after` the one before it by so many seconds."""
    items = st.tuples(ITEMS, st.sampled_from(["all"] * 6 + ["none", "fewer", "zero", "gap"])).map(written)
    parts = [st.sampled_from(STEPS), st.just(None), st.sampled_from(CHANGES), st.sampled_from(USAGES), items]
    return st.tuples(*parts).map(merged)


def written(drawn: tuple[list[str], str]) -> Choice:
    """Write the hashes of a batch, and the sizes as far as the log has them."""
    names, known = drawn
    chars: list[int | None] = [0 if known == "zero" else CHARS[name] for name in names]
    if known == "gap":
        chars[0] = None
    record: Choice = {"embedding_item_hashes": [name or None for name in names]}
    return record if known == "none" else {**record, "embedding_item_chars": chars[known == "fewer" :]}
