"""docs/detectors/retries.md in plain Python: what prompts and attempts tell."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tests.oracles.invented import RATES

# What is compared; the detector's words are its own.
COLUMNS = (
    "finding",
    "saving_usd",
    "saving_low_usd",
    "saving_high_usd",
    "certainty",
    "evidence_tier",
    "unbilled_status_usd",
    "unobserved_usd",
    "attempt",
    "attempts",
    "hop",
    "layer",
    "next_gap_us",
    "added_us",
    "chance",
)
PARAMS = {
    "max_gap_seconds": 60,
    "overlap_ms": 250,
    "immediate_ms": 2000,
    "min_reask_percent": 10,
    "max_chance_percent": 5,
}
UNUSABLE = {"length", "max_tokens", "content_filter", "refusal"}
NEW_RULE = (date(2026, 3, 3) - date(1970, 1, 1)).days * 86_400_000_000
Request = Mapping[str, Any]
Row = dict[str, Any]


def found_surely(made: list[Run], limits: Mapping[str, int]) -> dict[str, Row]:
    """Find the redundant attempts of runs by prompts and by attempts, by `case_id`, as columns of COLUMNS."""
    rows: dict[str, Row] = {}
    for chain in chains(made, limits):
        rows |= dict(redundant(chain))
    return rows


def looked_at(ours: Sequence[Request]) -> list[Request]:
    """Leave out what has nothing to do with anything that was sent again."""
    prompts = Counter(r["prompt_hash"] for r in ours if r["prompt_hash"])
    marked = {operation(r) for r in ours if is_marked(r)}
    return [r for r in ours if prompts[r["prompt_hash"]] > 1 or operation(r) in marked]


def is_marked(r: Request) -> bool:
    return (
        (r["attempt_number"] or 0) > 1
        or (r["fallback_index"] or 0) > 0
        or (r["status"] != "ok" and r["prompt_hash"] is None)
    )


def operation(r: Request) -> str:
    return str(r["logical_request_id"] or r["request_id"])


def is_unusable(r: Request) -> bool:
    return r["status"] != "ok" or r["finish_reason"] in UNUSABLE


def end(r: Request) -> int:
    return int(r["started_us"] if r["ended_us"] is None else r["ended_us"])


@dataclass
class Run:
    """Attempts of one operation, in order."""

    content: Any
    requests: list[Request]

    @property
    def last(self) -> Request:
        return self.requests[-1]

    @property
    def start(self) -> int:
        return int(self.requests[0]["started_us"])

    @property
    def end(self) -> int:
        return max(map(end, self.requests))

    @property
    def temperature(self) -> float | None:
        return max((r["temperature"] for r in self.requests if r["temperature"] is not None), default=None)

    @property
    def caller(self) -> tuple[Any, ...]:
        # whoever comes first by name, the unknown last: no attempt of an operation speaks for all
        names = min(tuple((r[n] is None, r[n] or "") for n in ("key", "user", "end_user")) for r in self.requests)
        return *names, self.content

    @property
    def place(self) -> tuple[Any, ...]:
        return self.start, min(r["dedupe_key"] for r in self.requests)


def grouped(items: Iterable[Any], key: Callable[[Any], Any]) -> Iterable[list[Any]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups.values()


def runs(requests: list[Request], limits: Mapping[str, int]) -> list[Run]:
    """Join the attempts of each operation."""
    made: list[Run] = []
    for members in grouped(requests, operation):
        known = {r["prompt_hash"] for r in members} - {None}
        only = next(iter(known)) if len(known) == 1 else None
        for alike in grouped(members, lambda r: r["prompt_hash"] or only):  # noqa: B023
            alike.sort(key=lambda r: (r["started_us"], r["dedupe_key"]))
            made.append(Run(alike[0]["prompt_hash"] or only, [alike[0]]))
            for before, this in pairwise(alike):
                if continues_run(before, this, limits):
                    made[-1].requests.append(this)
                else:
                    made.append(Run(made[-1].content, [this]))
    return made


def continues_run(before: Request, this: Request, limits: Mapping[str, int]) -> bool:
    pause = this["started_us"] - end(before)
    is_higher = any(
        this[mark] is not None and before[mark] is not None and this[mark] > before[mark]
        for mark in ("attempt_number", "fallback_index")
    )
    in_time = pause <= limits["max_gap_seconds"] * 1_000_000
    return pause >= -limits["overlap_ms"] * 1000 and (is_higher or (is_unusable(before) and in_time))


@dataclass
class Chain:
    """Runs that a client sent one after the other, and why each but the first is in it."""

    runs: list[Run]
    links: list[str]

    @property
    def requests(self) -> list[Request]:
        return [r for run in self.runs for r in run.requests]


def chains(runs: list[Run], limits: Mapping[str, int]) -> list[Chain]:
    """Join the runs of each caller."""
    made = [Chain([run], []) for run in runs if run.content is None]
    for line in grouped((run for run in runs if run.content is not None), lambda run: run.caller):
        line.sort(key=lambda run: run.place)
        links = [link_to(line, at, limits) if at else None for at in range(len(line))]
        asked_again = sum(link in ("same answer", "answer") for link in links)
        is_meeting = 100 * asked_again < limits["min_reask_percent"] * len(line)
        for run, link in zip(line, links, strict=True):
            if link and (link == "failure" or not is_meeting):
                made[-1].runs.append(run)
                made[-1].links.append(link)
            else:
                made.append(Chain([run], []))
    return made


def link_to(line: list[Run], at: int, limits: Mapping[str, int]) -> str | None:
    """Say how a run continues the chain of the one before it, if it does."""
    before, this = line[at - 1], line[at]
    pause = this.start - before.end
    if is_unusable(before.last):
        is_near = -limits["overlap_ms"] * 1000 <= pause <= limits["max_gap_seconds"] * 1_000_000
        return "failure" if is_near and not is_clock(line, at) else None
    is_same = all(before.last[name] == this.last[name] for name in ("provider", "model"))
    is_cold = all(not run.temperature for run in (before, this))
    is_at_once = before.last["ended_us"] is not None and 0 <= pause <= limits["immediate_ms"] * 1000
    if not (is_same and is_cold and is_at_once):
        return None
    answers = {before.last["output_hash"], this.last["output_hash"]}
    return "same answer" if this.temperature == 0 or (len(answers) == 1 and None not in answers) else "answer"


def is_clock(line: list[Run], at: int) -> bool:
    interval = line[at].start - line[at - 1].start
    others = []
    if at >= 2 and not is_unusable(line[at - 2].last):
        others.append(line[at - 1].start - line[at - 2].start)
    if at + 1 < len(line) and not is_unusable(line[at].last):
        others.append(line[at + 1].start - line[at].start)
    return any(abs(interval - other) * 10 <= other for other in others)


def redundant(chain: Chain) -> Iterable[tuple[str, Row]]:
    """Price all attempts of a chain but its last."""
    attempts = chain.requests
    links = [link for run, link in zip(chain.runs, [*chain.links, ""], strict=True) for link in links_of(run, link)]
    for number, this in enumerate(attempts[:-1]):
        link = links[number]
        yield (
            this["case_id"],
            {
                **saving(this, link),
                **place(attempts, number),
                "evidence_tier": "fields" if link == "gateway" else "text",
                "unobserved_usd": unobserved(this, attempts),
                "layer": "gateway" if link == "gateway" else "client",
                "chance": None,
            },
        )


def place(attempts: Sequence[Request], number: int) -> Row:
    """Say which attempt one is, and what followed it."""
    this, following = attempts[number], attempts[number + 1]
    return {
        "finding": hop(this, following) if is_unusable(this) else "re-ask",
        "attempt": number + 1,
        "attempts": len(attempts),
        "hop": hop(this, following),
        "next_gap_us": following["started_us"] - end(this),
        "added_us": following["started_us"] - this["started_us"],
    }


def links_of(run: Run, link: str) -> list[str]:
    """Say how each request of a run was followed: by the gateway, the last by the client."""
    return ["gateway"] * (len(run.requests) - 1) + [link]


def saving(r: Request, link: str) -> Row:
    spent = cost(r)
    unbilled = is_unbilled(r) and spent != 0
    certainty = {"gateway": "proven", "failure": "proven", "same answer": "likely", "answer": "possible"}[link]
    is_sure = not unbilled and link != "answer"
    return {
        "saving_usd": spent,
        "saving_low_usd": spent if is_sure else spent and Decimal(0),
        "saving_high_usd": spent,
        "certainty": "possible" if unbilled else certainty,
        "unbilled_status_usd": spent if unbilled else Decimal(0),
    }


def cost(r: Request) -> Decimal | None:
    """Multiply; None where there is no price, or usage is missing of what the provider may have answered."""
    if not has_usage(r):
        return Decimal(0) if r["status"] == "error" else None
    rates, cached = RATES.get((r["provider"], r["model"])), r["cache_read_input_tokens"] or 0
    if rates is None:
        return None
    fresh = r["input_tokens"] - cached
    micro_usd: Decimal = rates[0] * fresh + rates[1] * cached + rates[2] * r["output_tokens"]
    return micro_usd / 1_000_000


def has_usage(r: Request) -> bool:
    return r["input_tokens"] is not None


def is_unbilled(r: Request) -> bool:
    """Tell whether the invented book says so; see BOOK there."""
    if r["started_us"] < NEW_RULE:
        return r["http_status_code"] in (400, 429)
    return bool(r["provider"] == "acme" and r["http_status_code"] == 429)


def hop(this: Request, following: Request) -> str:
    if this["model"] != following["model"]:
        return "fallback"
    return "failover" if this["provider"] != following["provider"] else "retry"


def unobserved(this: Request, attempts: list[Request]) -> Decimal | None:
    """Guess what was read without being logged; None where no attempt alike says what it cost."""
    code, error = this["http_status_code"] or 0, (this["error_type"] or "").lower()
    was_cut = this["status"] == "cancelled" or code == 408 or code >= 499 or re.search("timed?[_-]?out", error)
    if has_usage(this) or not was_cut:
        return Decimal(0)
    rates = RATES.get((this["provider"], this["model"]))
    alike = [r for r in attempts if all(r[name] == this[name] for name in ("provider", "model")) and has_usage(r)]
    # as if nothing of it had been in a cache
    return max((rates[0] * r["input_tokens"] / 1_000_000 for r in alike if rates), default=None)
