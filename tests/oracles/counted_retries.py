"""docs/detectors/retries.md in plain Python: all of it, with what counts of tokens tell where prompts are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.oracles import invented
from tests.oracles.invented import Record
from tests.oracles.retries import (
    PARAMS,
    Chain,
    Request,
    Row,
    Run,
    cost,
    found_surely,
    grouped,
    is_unbilled,
    is_unusable,
    link_to,
    looked_at,
    operation,
    place,
    runs,
)

CALLER = ("key", "user", "end_user")
SERVER = ("provider", "model")
Limits = Mapping[str, int]


def found(requests: Sequence[Request], params: Limits) -> dict[str, Row]:
    """Find the redundant attempts by `case_id`, as columns of COLUMNS; by counts what nothing surer tells."""
    limits = {**PARAMS, **params}
    ours = [r for r in requests if not r["is_batch"] and not r["gateway_cache_hit"]]
    marked = looked_at(ours)
    made = runs(marked, limits)
    names = {r["case_id"] for r in marked}
    alone = [Run(r["prompt_hash"], [r]) for r in ours if r["case_id"] not in names]
    return {**found_by_counts(ours, [*made, *alone], limits), **found_surely(made, limits)}


def sender(r: Request) -> tuple[Any, ...]:
    return tuple(r[name] for name in (*CALLER, *SERVER))


def pool(r: Request) -> tuple[Any, ...]:
    return tuple(r[name] for name in ("key", *SERVER))


def has_count(r: Request) -> bool:
    return bool(r["input_tokens"]) and r["operation"] != "embeddings"


def line_of(run: Run) -> tuple[Any, ...] | None:
    """Say what a run may have in common with others: its sender, its model and its count of tokens."""
    is_of_one = len({tuple(r[name] for name in CALLER) for r in run.requests}) == 1
    return (*sender(run.last), run.last["input_tokens"]) if is_of_one and has_count(run.last) else None


def found_by_counts(ours: Sequence[Request], made: Sequence[Run], limits: Limits) -> dict[str, Row]:
    counted = [r for r in ours if has_count(r)]
    telling = {
        (*sender(alike[0]), alike[0]["input_tokens"])
        for alike in grouped(counted, lambda r: (*sender(r), r["input_tokens"]))
        if any(map(is_unusable, alike)) and any(r["prompt_hash"] is None for r in alike)
    }
    lines = [list(line) for line in grouped((run for run in made if line_of(run) in telling), line_of)]
    links: dict[int, Run] = {}
    for line in lines:
        line.sort(key=lambda run: run.place)
        links |= {id(line[at]): line[at - 1] for at in range(1, len(line)) if is_link(line, at, limits)}
    world = World(counted, Counter(line_of(run) for line in lines for run in line if id(run) in links), limits)
    rows: dict[str, Row] = {}
    for line in lines:
        chances = [world.chance(links[id(run)], run) if id(run) in links else None for run in line]
        for chain, of_links in chained(line, chances, limits):
            rows |= dict(possible(chain, of_links))
    return rows


def is_link(line: list[Run], at: int, limits: Limits) -> bool:
    has_texts = all(run.content is not None for run in line[at - 1 : at + 1])
    return not has_texts and link_to(line, at, limits) == "failure"


@dataclass
class World:
    """All requests that count, and how many links by counts there are of each line."""

    counted: list[Request]
    links: Counter[tuple[Any, ...] | None]
    limits: Limits

    @cached_property
    def operations(self) -> dict[tuple[Any, ...], int]:
        """Count by sender and tokens; what was sent again is one."""
        ids: dict[tuple[Any, ...], set[str]] = {}
        for r in self.counted:
            ids.setdefault((*sender(r), r["input_tokens"]), set()).add(operation(r))
        return {line: max(1, len(known) - self.links[line]) for line, known in ids.items()}

    def chance(self, before: Run, this: Run) -> int:
        """Give the chance of a link in millionths, rounded up."""
        last, tokens = this.last, this.last["input_tokens"]
        own = Counter({line[-1]: n for line, n in self.operations.items() if line[:-1] == sender(last)})
        of_pool: Counter[int] = Counter()
        for (key, _, _, *server, size), n in self.operations.items():
            of_pool[size] += n * ((key, *server) == pool(last))
        begun = max(before.start, before.end - self.limits["overlap_ms"] * 1000)
        trials = sum(begun < r["started_us"] <= this.start and sender(r) == sender(last) for r in self.counted)
        rates = (rate(of_pool, tokens), (own[tokens] - 1, max(own.total() - 1, 1)))
        millionths: list[int] = [-(-1_000_000 * max(trials, 1) * same // out_of) for same, out_of in rates]
        return min(1_000_000, max(millionths))


def rate(operations: Counter[int], tokens: int) -> tuple[int, int]:
    """Say how often one more operation has these tokens: n of so many."""
    total = operations.total()
    if operations[tokens] > 1:
        return operations[tokens] - 1, total - 1
    pairs = sum(n * (n - 1) // 2 for n in operations.values())
    return min((1, total), (pairs + 1, total * (total - 1) // 2 + 1), key=lambda rate: Decimal(rate[0]) / rate[1])


def chained(line: list[Run], chances: list[int | None], limits: Limits) -> list[tuple[Chain, list[int]]]:
    """Join the runs of a line whose links chance does not make too often."""
    made: list[tuple[Chain, list[int]]] = []
    for run, chance in zip(line, chances, strict=True):
        if chance is not None and chance <= 10_000 * limits["max_chance_percent"]:
            made[-1][0].runs.append(run)
            made[-1][1].append(chance)
        else:
            made.append((Chain([run], []), []))
    return made


def possible(chain: Chain, chances: list[int]) -> Iterable[tuple[str, Row]]:
    """Price the last attempt of each run but the last of all: what followed inside of a run is surer."""
    attempts = chain.requests
    numbers = [attempts.index(run.last) for run in chain.runs]
    for (number, _), chance in zip(pairwise(numbers), chances, strict=True):
        this = attempts[number]
        spent = cost(this)
        estimate = spent and spent * (10_000 - -(-chance // 100)) / 10_000
        yield (
            this["case_id"],
            {
                **place(attempts, number),
                "saving_usd": estimate,
                "saving_low_usd": spent and Decimal(0),
                "saving_high_usd": spent,
                "certainty": "possible",
                "evidence_tier": "counts",
                "unbilled_status_usd": estimate if is_unbilled(this) and spent != 0 else Decimal(0),
                "unobserved_usd": Decimal(0),
                "layer": "client",
                "chance": chance,
            },
        )


# how many other requests there are, and how many sizes they have
OTHERS = ((2, 2), (7, 7), (12, 12), (20, 20), (20, 18), (25, 24), (25, 5))
SETTINGS = [
    *[{}] * 3,
    {"max_chance_percent": 30},
    {"max_gap_seconds": 1, "overlap_ms": 0, "max_chance_percent": 100},
    {"overlap_ms": 1000, "immediate_ms": 250, "min_reask_percent": 40, "max_chance_percent": 15},
    {"max_gap_seconds": 0, "immediate_ms": 0},
]
USED = [{"input_tokens": size, "output_tokens": 100} for size in (1000, 1000, 1000, 1003)]
ENDED = [*invented.CUT, *invented.FAILED[:4], *invented.GOOD[:2]]
KEY = {"api_key_alias": "k"}
# as in invented, with fewer ways to be different
MARKS: list[Record] = [
    *[{}] * 6,
    *({"logical_request_id": "x", "attempt_number": n} for n in (1, 2)),
    *({"logical_request_id": "y"}, {"is_batch": True}, {"operation_name": "embeddings"}),
]
PARTS: list[list[Record]] = [invented.TARGETS, invented.PROMPTS, MARKS, ENDED, USED]
ALIKE = [
    *(st.sampled_from(times) for times in ((0.5, 1, 1.1, 2, 11, 60, 60.25), (None, 0.25, 0.5, 1, 2))),
    st.sampled_from([*[KEY] * 5, {**KEY, "user_id": "u"}]),
    *map(st.sampled_from, PARTS),
]


def logs() -> st.SearchStrategy[list[Record]]:
    """Invent logs in which much is sent again, with all prompts, some or none, among other requests."""
    much = st.lists(st.tuples(*ALIKE).map(invented.merged), min_size=2, max_size=7).map(invented.in_time)
    kept = st.sampled_from([(), (), (0, 2), (1, 3), (2, 3), (0, 1, 2, 3)])
    alike = st.builds(
        among_others, much, kept, st.sampled_from(OTHERS), st.sampled_from([*[KEY] * 3, {**KEY, "user_id": "u"}])
    )
    return st.one_of(invented.attempts(), alike, alike)


def among_others(
    log: list[Record], kept: Sequence[int], others: tuple[int, int], caller: Mapping[str, Any]
) -> list[Record]:
    """Take prompts away but of one in four at these places, and put others' requests of other sizes after the log."""
    for number, record in enumerate(log):
        if number % 4 not in kept:
            record.pop("prompt_hash", None)
    count, sizes = others
    steps = [
        {**invented.TARGETS[0], **invented.GOOD[3], **caller, "after": 600, "lasts": 1}
        | {"input_tokens": 1002 + number % sizes, "output_tokens": 5}
        for number in range(count)
    ]
    late = [
        {**record, "case_id": f"o{number}", "request_id": f"o{number}"}
        for number, record in enumerate(invented.in_time(steps))
    ]
    return [*log, *late]
