"""docs/detectors/prompt-tax.md in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.oracles import bare_prompts
from tests.oracles.bare_prompts import MINUTES, Bare, Request, readable, text
from tests.oracles.invented import BEGIN, Choice, Record, stamp
from tests.oracles.retries import NEW_RULE

# What is compared; the detector's words are its own.
COLUMNS = (
    "finding",
    "saving_usd",
    "saving_low_usd",
    "saving_high_usd",
    "certainty",
    "evidence_tier",
    "policy",
    "miss_cause",
    "prefix_tokens",
    "unread_tokens",
    "calls_per_hour",
)
PARAMS = {"min_requests": 50}
WIDE = {
    "max_spread": 9,
    "max_even_spread": 9,
    "min_even_tokens": 0,
    "max_gap": 2,
    "min_share": 0,
    "min_usual_share": 0.3,
}
SETTINGS: list[dict[str, Any]] = [
    *({"min_requests": n, "min_even_tokens": 5} for n in (0, 2, 3, 3, 4)),
    *({"min_requests": n, **WIDE} for n in (2, 3)),
    {"min_requests": 2, "max_even_spread": 0.2, "min_even_tokens": 5, "max_gap": 0.1, "min_usual_share": 0.5},
    {},
]
# `two` has rules that change, `tier` a price of large requests under which an hour costs what five minutes do, and
# `lent` no price of an hour
BOOK = """\
format: llmcost-pricing/1
cache_rules:
  - provider: acme
    models: [m, tier, lent]
    min_tokens: 500
    policies:
      - &short {name: 5m, ttl_seconds: 300, write: cache_write, hit_share: [0.85, 0.95, 1]}
      - &long {name: 1h, ttl_seconds: 3600, write: cache_write_1h, hit_share: [0.8501, 1, 1]}
    source: "https://example.com"
    checked: 2026-03-01
  - provider: acme
    models: [two]
    to: 2026-03-03
    min_tokens: 400
    policies: [*short]
    source: "https://example.com"
    checked: 2026-03-01
  - provider: acme
    models: [two]
    min_tokens: 600
    policies: [{name: 5m, ttl_seconds: 90, write: cache_write, hit_share: [0.7, 0.9, 0.99]}, *long]
    source: "https://example.com"
    checked: 2026-03-01
  - provider: acme
    models: [auto]
    min_tokens: 256
    step_tokens: 128
    policies: [{name: automatic, ttl_seconds: 300, write: input, hit_share: [0.5, 0.7777, 1]}]
    source: "https://example.com"
    checked: 2026-03-01
models:
  - provider: acme
    model: m
    prices: [{input: 10, output: 20, cache_read: 1, cache_write: 12.5, cache_write_1h: 20}]
  - provider: acme
    model: two
    prices: [{input: 10, output: 20, cache_read: 1, cache_write: 12.5, cache_write_1h: 20}]
  - provider: acme
    model: tier
    prices:
      - input: 10.123456789
        output: 20
        cache_read: 1.1
        cache_write: 12.5
        cache_write_1h: 20
        tiers: [{over: 1200, input: 20, output: 20, cache_read: 2, cache_write: 25, cache_write_1h: 25}]
  - provider: acme
    model: lent
    prices: [{input: 10, output: 20, cache_read: 1, cache_write: 12.5}]
  - provider: acme
    model: auto
    prices:
      - {input: 9.1, output: 20, cache_read: 0.333333333}
      - {from: 2026-03-03, input: 7, output: 20, cache_read: 3.5}
  - {provider: acme, model: plain, prices: [{input: 10, output: 20, cache_read: 1, cache_write: 12.5}]}
"""
Row = dict[str, Any]
HOUR, FOREVER = 3_600_000_000, 10**18


class Rates(NamedTuple):
    """USD per million tokens."""

    input: Decimal
    read: Decimal
    write: Decimal
    hour: Decimal


class Policy(NamedTuple):
    """One row of the book's rules."""

    name: str
    ttl: int
    least: int
    step: int
    write: str
    shares: tuple[Decimal, Decimal, Decimal]
    start: int = 0
    end: int = FOREVER


def shares(*numbers: str) -> tuple[Decimal, Decimal, Decimal]:
    low, best, high = map(Decimal, numbers)
    return low, best, high


SHORT = Policy("5m", MINUTES, 500, 1, "write", shares("0.85", "0.95", "1"))
LONG = Policy("1h", HOUR, 500, 1, "hour", shares("0.8501", "1", "1"))
POLICIES = {
    **{model: [SHORT, LONG] for model in ("m", "tier", "lent")},
    "two": [
        SHORT._replace(least=400, end=NEW_RULE),
        SHORT._replace(ttl=90_000_000, least=600, shares=shares("0.7", "0.9", "0.99"), start=NEW_RULE),
        LONG._replace(least=600, start=NEW_RULE),
    ],
    "auto": [Policy("automatic", MINUTES, 256, 128, "input", shares("0.5", "0.7777", "1"))],
}
NONE = Policy("none", 0, 0, 1, "input", shares("1", "1", "1"))


def rates(r: Request) -> Rates:
    """Read off the book above what a request pays; what it does not name is lent by the rate before it."""
    if r["model"] == "tier":
        over = r["input_tokens"] > 1200
        numbers = ("20", "2", "25", "25") if over else ("10.123456789", "1.1", "12.5", "20")
    elif r["model"] == "auto":
        numbers = ("7", "3.5", "7", "7") if r["started_us"] >= NEW_RULE else ("9.1", "0.333333333", "9.1", "9.1")
    else:
        numbers = ("10", "1", "12.5", "20" if r["model"] in ("m", "two") else "12.5")
    return Rates(*map(Decimal, numbers))


def found(requests: Sequence[Request], params: Mapping[str, Any]) -> dict[str, Row]:
    """Find what a cache would have spared by `case_id`, as columns of COLUMNS."""
    least = {**PARAMS, **params}["min_requests"]
    groups: dict[tuple[Any, ...], list[Request]] = defaultdict(list)
    looked_at = [r for r in requests if is_looked_at(r)]
    for r in filter(has_beginning, looked_at):
        groups[(r["key"], r["provider"], r["model"], r["system_prompt_hash"], r["prefix_hashes"][0])].append(r)
    rows: dict[str, Row] = {}
    with localcontext() as exact:
        exact.prec = 80
        for members in groups.values():
            if len(members) >= least:
                members.sort(key=lambda r: (r["started_us"], r["dedupe_key"]))
                rows |= dict(findings(Group(members)))
        others = [r for r in looked_at if not has_beginning(r)]
        for bare in bare_prompts.groups(others, POLICIES, {**PARAMS, **params}):
            rows |= dict(findings(Group(bare.requests, bare)))
    return rows


def is_looked_at(r: Request) -> bool:
    is_paid = r["price_status"] == "priced" and not r["is_batch"] and not r["gateway_cache_hit"]
    return bool(r["status"] == "ok" and is_paid)


def has_beginning(r: Request) -> bool:
    return bool(r["prefix_hashes"] and r["prefix_chars"] and r["input_chars"])


@dataclass
class Group:
    """Requests that begin alike, in order."""

    requests: list[Request]
    bare: Bare | None = None

    def held(self, r: Request) -> int:
        return self.bare.held(r) if self.bare else min(self.prefix, text(r))

    @property
    def prefix(self) -> int:
        if self.bare:
            return self.bare.prefix
        first = self.requests[0]["prefix_hashes"]
        alike = [
            d
            for d in range(1, len(first) + 1)
            if all(r["prefix_hashes"][d - 1 : d] == [first[d - 1]] for r in self.requests)
        ]
        depth = max(d for d in alike if d <= 4)
        chars = max(r["prefix_chars"][depth - 1] for r in self.requests)
        texts = sorted(map(text, self.requests))
        share = sum(texts) * chars // sum(r["input_chars"] for r in self.requests)
        return int(min(share, texts[(len(texts) + 19) // 20 - 1]))

    @property
    def span(self) -> int:
        return int(self.requests[-1]["started_us"] - self.requests[0]["started_us"])

    def has(self, *counters: str) -> bool:
        """Tell whether some request reports one of these, be it 0."""
        return any(r[name] is not None for r in self.requests for name in counters)

    def uses(self, *counters: str) -> bool:
        return any(r[name] for r in self.requests for name in counters)

    @property
    def policies(self) -> list[Policy]:
        first, last = self.requests[0], self.requests[-1]
        held = [
            policy
            for policy in POLICIES.get(first["model"], [])
            if (not self.bare or self.bare.is_replayed)
            and self.prefix >= policy.least
            and policy.start <= last["started_us"]
            and first["started_us"] < policy.end
        ]
        is_written = self.uses("cache_write_input_tokens") and not (self.bare and self.bare.basis == "reads")
        return [*held, NONE] if is_written and self.prefix > 0 else held


class Change(NamedTuple):
    """What a policy would have made of a request: the part of the prefix that was cached, and what it would spare."""

    request: Request
    unread: int
    written: int
    written_1h: int
    is_hit: bool
    pause: int
    usd: Decimal
    had: Decimal
    best_usd: Decimal


def replay(group: Group, policies: Sequence[Policy]) -> Iterator[Change]:
    """Play what a cache would have done under the rules of one policy, one after the other in time."""
    starts: list[int] = []
    entry: int | None = None
    for r in group.requests:
        at, rate = r["started_us"], rates(r)
        policy = next((p for p in policies if p.start <= at < p.end), None)
        if policy is None or (policy.write == "hour" and rate.hour <= rate.write):
            continue
        if not starts or at - starts[-1] > policy.ttl:
            entry = None
        starts.append(at)
        before = [start for start in starts if start < at]
        yield change(r, policy, group.held(r), entry is not None and entry <= at, at - max(before, default=at))
        entry = min(readable(r), readable(r) if entry is None else entry)


def change(r: Request, policy: Policy, prefix: int, is_hit: bool, pause: int) -> Change:
    rate = rates(r)
    tokens = 0 if prefix < policy.least else prefix - prefix % policy.step
    read = min(r["cache_read_input_tokens"] or 0, tokens)
    written = min(r["cache_write_input_tokens"] or 0, tokens - read)
    hour = min(r["cache_write_1h_input_tokens"] or 0, written)
    paid = read * rate.read + (written - hour) * rate.write + hour * rate.hour + (tokens - read - written) * rate.input
    hit = rate.input if policy is NONE else rate.read
    miss: Decimal = getattr(rate, policy.write)
    asked = read * hit + (tokens - read) * (hit if is_hit else miss)
    had = read * (rate.input - rate.read) if is_hit else Decimal(0)
    best = (paid - read * hit - (tokens - read) * hit) / 10**6
    return Change(r, tokens - read, written, hour, is_hit, pause, (paid - asked) / 10**6, had / 10**6, best)


def rounded(usd: Decimal) -> Decimal:
    return usd.quantize(Decimal(1).scaleb(-21), ROUND_HALF_UP)


@dataclass
class Plan:
    """One policy for one group: what it changes, its shares, and what each of them takes off."""

    name: str
    ttl: int
    shares: list[Decimal]
    changes: list[Change]
    is_high_whole: bool = False
    is_counted: bool = False

    @property
    def off(self) -> list[Decimal]:
        premiums = sum((-c.usd for c in self.changes if c.usd < 0), Decimal(0))
        had = sum((c.had for c in self.changes), Decimal(0))
        off = [premiums + rounded((1 - share) * had) for share in self.shares]
        return [*off[:2], Decimal(0)] if self.is_high_whole else off

    @property
    def gains(self) -> list[Change]:
        return [c for c in self.changes if c.usd > 0]

    @property
    def net(self) -> Decimal:
        return rounded(self.shares[1] * sum((c.usd for c in self.gains), Decimal(0))) - self.off[1]

    @property
    def savings(self) -> Iterator[tuple[Change, list[Decimal]]]:
        """Take what is off from the first gains; of what is only counted, all may have been hits."""
        sum_of_gains, off = Decimal(0), self.off
        for c in self.changes:
            gain = max(c.usd, Decimal(0))
            sum_of_gains += gain
            saved = [
                max(Decimal(0), min(rounded(share * gain), rounded(share * sum_of_gains) - less))
                for share, less in zip(self.shares, off, strict=True)
            ]
            yield c, [*saved[:2], rounded(self.shares[2] * c.best_usd)] if self.is_counted else saved


def plans(group: Group) -> Iterator[Plan]:
    named: dict[str, list[Policy]] = defaultdict(list)
    for policy in group.policies:
        named[policy.name].append(policy)
    for name, rules in named.items():
        least = [min(each) for each in zip(*(rule.shares for rule in rules), strict=True)]
        changes = list(replay(group, rules))
        if changes:
            is_counted = group.bare is not None and group.bare.basis == "prompts"
            is_high_whole = group.bare is not None and name == "none"
            yield Plan(name, min(rule.ttl for rule in rules), least, changes, is_high_whole, is_counted)


def findings(group: Group) -> Iterator[tuple[str, Row]]:
    """Follow the policy that saves most, if one saves anything."""
    best = min(plans(group), key=lambda plan: (-plan.net, plan.ttl, plan.name), default=None)
    if best is None or best.net <= 0:
        return
    is_reported = group.has("cache_read_input_tokens", "cache_write_input_tokens")
    is_likely = is_reported and best.name != "automatic"
    if group.bare and best.name != "none":
        is_likely = False
    for c, (low, saving, high) in best.savings:
        if group.bare:
            low, saving = low if is_likely else Decimal(0), rounded(group.bare.share * saving)
        if high > 0:
            yield (
                c.request["case_id"],
                {
                    "finding": FINDINGS.get(best.name, f"prefix not cached for {best.name}"),
                    "saving_usd": saving if is_reported or best.name != "automatic" else Decimal(0),
                    "saving_low_usd": low if is_reported else Decimal(0),
                    "saving_high_usd": high,
                    "certainty": "likely" if is_likely else "possible",
                    "evidence_tier": group.bare.tier if group.bare else "text",
                    "policy": best.name,
                    "miss_cause": next(name for name, holds in CAUSES if holds(group, best.name, c)),
                    "prefix_tokens": group.prefix,
                    "unread_tokens": c.unread,
                    "calls_per_hour": len(group.requests) * 3600e6 / group.span if group.span else None,
                },
            )


FINDINGS = {"none": "cached for nothing", "automatic": "automatic cache missed"}
USED = ("cache_read_input_tokens", "cache_write_input_tokens")
CAUSES: list[tuple[str, Callable[[Group, str, Change], bool]]] = [
    ("not reported", lambda group, policy, c: not group.has(*USED)),
    ("never read", lambda group, policy, c: policy == "none"),
    ("not cached", lambda group, policy, c: policy != "automatic" and not group.uses(*USED)),
    ("written for too long", lambda group, policy, c: not c.is_hit),
    ("missed", lambda group, policy, c: not c.written),
    ("lapsed", lambda group, policy, c: policy == "1h" and not c.written_1h and c.pause > MINUTES),
    ("written again", lambda group, policy, c: True),
]

# seconds: a step of a tick beyond each time to live; and until the first token and the end
PAUSES = (0, 0, 1, 1, 30, 60, 90, 90.000001, 299, 300, 300, 300.000001, 400, 1800, 3600, 3600.000001, 7200)
FIRST = (None, None, 0, 1, 60)
LASTING = (None, 0, 1, 2, 30, 400, 3700)
MODELS = ("m", "m", "m", "two", "tier", "tier", "lent", "auto", "auto", "plain")
UNREPORTED: list[Choice] = [{}]
UNUSED: list[Choice] = [{"cache_read_input_tokens": 0}]
READ: list[Choice] = [{"cache_read_input_tokens": n} for n in (0, 0, 128, 500, 800, 800, 5000)]
SHORTLY: list[Choice] = [{"cache_write_5m_input_tokens": n, "cache_write_1h_input_tokens": 0} for n in (0, 500, 800)]
LONGER: list[Choice] = [{"cache_write_5m_input_tokens": n, "cache_write_1h_input_tokens": 700 - n} for n in (0, 0, 300)]
STEADY: list[Choice] = [
    *[{"cache_read_input_tokens": 896}] * 3,
    {"cache_write_5m_input_tokens": 896, "cache_write_1h_input_tokens": 0},
]
HABITS = (
    UNREPORTED,
    UNREPORTED,
    UNUSED,
    UNUSED,
    READ,
    READ,
    SHORTLY,
    [*READ, *SHORTLY],
    LONGER,
    [*READ, *LONGER],
    [*READ, {}],
    STEADY,
    [*STEADY, STEADY[0], {"cache_read_input_tokens": 0}],
)
SIZES: list[Choice] = [
    *({"input_tokens": n, "input_chars": 4 * n} for n in (1000, 1003, 1250, 1250, 4000)),
    {"input_tokens": 1500, "input_chars": 5200, "input_image_tokens": 200},
    {"input_tokens": 450, "input_chars": 4000},
]
# of requests without text: one kind of prompt, two, texts cut to a size, pieces
BARE_SIZES = (
    (1000, 1005, 1010, 1015, 1050),
    (1000, 1003, 1010, 1011, 1100, 1180, 1220),
    (1000, 1010, 1015, 3000, 3050, 3100),
    (1000, 1195, 1199, 1200, 1200),
    (1000, 1001, 2000, 2002, 3001, 3002, 4000),
    (450, 1000, 1250, 4000),
)
ROUTES = ((None,), (None,), ("fast", "slow"))
ODD: list[Choice] = [*[{}] * 20, {"is_batch": True}, {"gateway_cache_hit": True}, {"status": "error"}]


def cached_tokens(used: Choice) -> int:
    return int(used.get("cache_write_input_tokens", 0) + used.get("cache_read_input_tokens", 0))


@st.composite
def logs(draw: st.DrawFn) -> list[Record]:
    """Invent the requests of one application: of one model, with one habit of caching."""
    app: Record = {
        "llmcost": 1,
        "gateway": "g",
        "provider_name": "acme",
        "request_model": draw(st.sampled_from(MODELS)),
        "system_prompt_hash": draw(st.sampled_from(["s", "t", None])),
    }
    if draw(st.booleans()):
        app["api_key_alias"] = "k"
    chars = draw(st.sampled_from([1100, 2400, 3200, 3999]))
    thirds = draw(st.sampled_from([["x"], ["x"], ["x", "y"]]))
    is_bare = st.sampled_from(draw(st.sampled_from([(False,), (False,), (True,), (True,), (False, True)])))
    habits = [UNREPORTED, UNUSED, STEADY] if draw(is_bare) and draw(st.booleans()) else HABITS
    counters = st.sampled_from(draw(st.sampled_from(habits)))
    pauses = st.sampled_from(draw(st.sampled_from([PAUSES, PAUSES, (0, 1, 60), (30, 60), (301, 1800)])))
    lasting = st.sampled_from(draw(st.sampled_from([LASTING, (1, 2)])))
    bare_sizes = st.sampled_from(draw(st.sampled_from(BARE_SIZES)))
    routes = st.sampled_from(draw(st.sampled_from(ROUTES)))
    at, written = BEGIN, []
    for number in range(draw(st.integers(3, 12))):
        at += timedelta(seconds=draw(pauses))
        used = draw(counters)
        if "cache_write_5m_input_tokens" in used:
            used = {**used, "cache_write_input_tokens": sum(used.values())}
        name = f"r{number}"
        record = {"status": "ok", "case_id": name, "request_id": name, **app, **draw(st.sampled_from(SIZES)), **used}
        record |= {"output_tokens": 1, "started_at": stamp(at), **draw(st.sampled_from(ODD))}
        record["input_tokens"] += cached_tokens(used)
        record["prefix_hashes"] = ["p", "q", draw(st.sampled_from(thirds))]
        record["prefix_chars"] = [chars, chars, min(chars + 700, record["input_chars"])]
        if draw(is_bare):
            del record["prefix_hashes" if draw(st.booleans()) else "input_chars"]
            record |= {"input_tokens": max(draw(bare_sizes), cached_tokens(used)), "model_group": draw(routes)}
        for end, after in (("first_token_at", draw(st.sampled_from(FIRST))), ("ended_at", draw(lasting))):
            if after is not None:
                record[end] = stamp(at + timedelta(seconds=after))
        written.append(record)
    return written
