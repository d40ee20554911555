"""docs/detectors/prompt-tax.md, "Without text", in plain Python: which requests may share a beginning, of what size."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tests.oracles.figures import percentile

PARAMS = {
    "max_gap": "0.03",
    "min_share": "0.2",
    "max_spread": "0.1",
    "max_even_spread": "0.02",
    "min_even_tokens": "32",
    "min_usual_share": "0.8",
}
MINUTES = 300_000_000
Request = Mapping[str, Any]
Numbers = Mapping[str, Decimal]


def text(r: Request) -> int:
    return int(r["input_tokens"] - (r["input_image_tokens"] or 0))


def readable(r: Request) -> int:
    """Say from when on what a request wrote can be read."""
    at = next((r[name] for name in ("first_token_us", "ended_us") if r[name] is not None), 0)
    return max(int(at), int(r["started_us"]) + 1)


def read(r: Request) -> int:
    return int(r["cache_read_input_tokens"] or 0)


def used(r: Request) -> int:
    return read(r) + int(r["cache_write_input_tokens"] or 0)


SIZES = {"reads": read, "entries": used, "prompts": text}


@dataclass
class Bare:
    """Requests without text that may begin alike, and what is said of them."""

    requests: list[Request]
    basis: str
    prefix: int
    share: Decimal
    is_replayed: bool

    @property
    def tier(self) -> str:
        return "counts" if self.basis == "prompts" else "counters"

    def held(self, r: Request) -> int:
        """Say how much of a request is looked at, at most."""
        return min(self.prefix, text(r) if self.is_replayed else used(r))


def basis(r: Request, rules: Sequence[Any]) -> str | None:
    """Say what there is to go by; `rules` are those of the model."""
    if any(rule.name == "automatic" for rule in rules):
        counters = (r["cache_read_input_tokens"], r["cache_write_input_tokens"])
        return None if counters == (None, None) else "reads"
    if used(r):
        return "entries"
    return "prompts" if rules else None


def groups(
    requests: Iterable[Request], rules: Mapping[str, Sequence[Any]], params: Mapping[str, Any]
) -> Iterator[Bare]:
    numbers = {name: Decimal(str({**PARAMS, **params}[name])) for name in [*PARAMS, "min_requests"]}
    families: dict[tuple[Any, ...], list[Request]] = defaultdict(list)
    for r in requests:
        kind = basis(r, rules.get(r["model"], []))
        route = r["model_group"] if kind == "prompts" else None
        families[(kind, r["key"], r["provider"], r["model"], r["system_prompt_hash"], route)].append(r)
    for (kind, *_), family in families.items():
        if kind == "prompts":
            yield from prompts(family, numbers)
        elif kind and len(family) >= numbers["min_requests"]:
            yield from caches(in_time(family), kind, numbers)


def in_time(requests: Iterable[Request]) -> list[Request]:
    return sorted(requests, key=lambda r: (r["started_us"], r["dedupe_key"]))


def prompts(family: Sequence[Request], numbers: Numbers) -> Iterator[Bare]:
    """Tell kinds of prompts apart by their sizes."""
    sizes = sorted({text(r) for r in family})
    edges = [larger for less, larger in pairwise(sizes) if larger - less > numbers["max_gap"] * less]
    clusters: dict[int, list[Request]] = defaultdict(list)
    for r in family:
        clusters[sum(edge <= text(r) for edge in edges)].append(r)
    kinds = [place for place, members in sorted(clusters.items()) if len(members) >= numbers["min_requests"]]
    large = [clusters[place] for place in kinds]
    floors = [percentile(map(text, members), 5) for members in large]
    steps = [larger - less for less, larger in pairwise(floors)]
    if len(steps) > 1 and 10 * max(steps) <= 11 * min(steps):
        return
    for place, members, floor in zip(kinds, large, floors, strict=True):
        below = percentile(map(text, members), 50) - floor
        above = percentile(map(text, members), 95) - floor - below
        is_skewed = above >= 2 * below and below <= numbers["max_spread"] * floor
        is_even = numbers["min_even_tokens"] <= below <= numbers["max_even_spread"] * floor
        if (
            len(members) >= numbers["min_share"] * len(family)
            and below > 0
            and (is_skewed or is_even)
            and 2 * above >= below
        ):
            share = Decimal(max(10_000 * floor - 7_500 * below, 0) // floor) / 10_000
            before = next((other for other in kinds if other > place), len(clusters))
            longer = [r for other in range(place, before) for r in clusters[other]]
            yield Bare(in_time(longer), "prompts", floor, share, True)


def caches(family: list[Request], kind: str, numbers: Numbers) -> Iterator[Bare]:
    """Go by what the provider counts."""
    sizes = Counter(filter(None, map(SIZES[kind], family)))
    if not sizes:
        return
    usual = min(sizes, key=lambda size: (-sizes[size], size))
    is_usual = sizes[usual] >= numbers["min_usual_share"] * sizes.total()
    if kind == "reads":
        if is_usual and 2 * sizes.total() >= len(family):
            yield Bare(family, kind, usual, Decimal(1), True)
        return
    is_read = any(map(read, family))
    close = sum(0 <= r["started_us"] - readable(before) <= MINUTES for before, r in pairwise(family))
    is_replayed = is_usual and (is_read or 20 * close <= len(family))
    yield Bare(family, kind, usual if is_replayed else max(sizes), Decimal(1), is_replayed)
