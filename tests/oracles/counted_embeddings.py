"""The part of docs/detectors/embeddings.md on requests without texts, in plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from itertools import groupby, pairwise
from typing import Any

COLUMNS = ("is_compared", "is_same", "share")
PARAMS = {
    "min_requests": 50,
    "min_sizes": 20,
    "min_deviations": 5,
    "common_requests": 10,
    "long_pause_minutes": 240,
    "short_pause_minutes": 30,
}
HOUR_US = 3_600_000_000
UNIT = 20_000  # of an excess
LAST_DIGIT = Decimal(1).scaleb(-21)
Request = Mapping[str, Any]
Row = dict[str, Any]
Run = list[Request]
Limits = Mapping[str, Any]


@dataclass
class Cut:
    """Requests of a space in runs, and what they say of chance: sums in units, the share of those that are the same."""

    runs: list[Run]
    same: int = 0
    sizes: int = 0
    excess: int = 0
    spread: int = 0
    size: int = 0
    same_size: int = 0

    @property
    def share(self) -> Decimal:
        """Give the part of the requests with a count of the run before that is more than chance, to four digits."""
        return Decimal(10_000 * min(self.excess, self.same_size) // self.same_size) / 10_000


def found(
    requests: Sequence[Request], limits: Limits, rates: Callable[[Request], Any], cost: Callable[[Request], Any]
) -> dict[str, Row]:
    """Find the requests without texts that may have embedded something again, by `case_id`."""
    spaces: dict[Any, Run] = defaultdict(list)
    for r in requests:
        if is_counted(r, limits):
            spaces[r["key"], r["model"], r["embedding_dimensions"]].append(r)
    rows: dict[str, Row] = {}
    for members in spaces.values():
        if sum(map(is_bare, members)) >= max(limits["min_requests"], 1):
            chosen = best_cut(sorted(members, key=lambda r: (r["started_us"], r["dedupe_key"])), limits)
            for r, said in rows_of(chosen) if chosen else []:
                if is_bare(r) and cost(r) != 0:
                    rows[r["case_id"]] = said | worth(r, said["share"], rates(r), cost(r))
    return rows


def is_counted(r: Request, limits: Limits) -> bool:
    is_answered = r["status"] == "ok" and not r["gateway_cache_hit"] and r["operation"] == "embeddings"
    return is_answered and bool(r["input_tokens"]) and 4 * r["input_tokens"] >= limits["query_chars"]


def is_bare(r: Request) -> bool:
    return r["embedding_item_hashes"] is None


def best_cut(members: Run, limits: Limits) -> Cut | None:
    """Take the cut that explains most of those that say something, the first of equals."""
    cuts = [weighed(Cut(runs), limits) for runs in all_cuts(members, limits)]
    return max((cut for cut in cuts if repeats(cut, limits)), key=lambda cut: cut.share * cut.same, default=None)


def all_cuts(members: Run, limits: Limits) -> list[list[Run]]:
    """Cut at pauses, long and short ones, and by days from midnight and noon, and weeks."""
    pauses = [cut_at_pauses(members, limits[f"{name}_pause_minutes"] * 60_000_000) for name in ("long", "short")]
    return pauses + [cut_at_hours(members, length, shift) for length, shift in [(24, 0), (24, 12), (7 * 24, 12)]]


def cut_at_hours(members: Run, length: int, shift: int) -> list[Run]:
    return [list(run) for _, run in groupby(members, lambda r: (r["started_us"] // HOUR_US + shift) // length)]


def cut_at_pauses(members: Run, pause_us: int) -> list[Run]:
    runs = [members[:1]]
    for before, r in pairwise(members):
        if r["started_us"] - before["started_us"] >= pause_us:
            runs.append([])
        runs[-1].append(r)
    return runs


def weighed(cut: Cut, limits: Limits) -> Cut:
    """Add up what each count of tokens says of each run and the one before it."""
    same_sizes = set()
    for before, this in pairwise(cut.runs):
        ys, xs = counts(before), counts(this)
        for tokens in xs | ys:
            x, y = xs[tokens], ys[tokens]
            common, weight = limits["common_requests"], max(x + y, limits["common_requests"])
            chance = 10_000 * len(before) // len(this) * x * (x - 1) + 10_000 * len(this) // len(before) * y * (y - 1)
            cut.excess += whole(common * (UNIT * x * y - chance), weight)
            cut.spread += whole(50 * common * common * (x + y) * (x + y - 1), weight * weight)
            cut.size += whole(UNIT * common * x, weight)
            cut.same_size += whole(UNIT * common * min(x, y), weight)
            cut.same += min(x, y)
            same_sizes |= {tokens} if x and y else set()
    cut.sizes = len(same_sizes)
    return cut


def counts(run: Run) -> Counter[int]:
    return Counter(r["input_tokens"] for r in run)


def whole(part: int, of: int) -> int:
    """Divide, and leave out what is less than one."""
    return part // of if part >= 0 else -(-part // of)


def repeats(cut: Cut, limits: Limits) -> bool:
    """Tell whether enough is the same, and more than chance makes the same."""
    is_enough = cut.excess >= Decimal(str(limits["min_repeat_share"])) * cut.size
    # units of an excess, and hundredths of its variance
    is_sure = 100 * cut.excess**2 >= (UNIT * limits["min_deviations"]) ** 2 * cut.spread
    return cut.excess > 0 and cut.same_size > 0 and cut.sizes >= limits["min_sizes"] and is_enough and is_sure


def rows_of(cut: Cut) -> list[tuple[Request, Row]]:
    """Give the requests that may be the same, and what is said of each but its dollars."""
    rows = []
    for before, this in pairwise([[], *cut.runs]):
        seen: Counter[int] = Counter()
        for r in this:
            seen[r["input_tokens"]] += 1
            nth = seen[r["input_tokens"]]
            is_same = nth <= counts(before)[r["input_tokens"]]
            if before or nth > 1:
                said = {
                    "is_compared": bool(before),
                    "is_same": is_same,
                    "share": cut.share if is_same else Decimal(0),
                    "age_us": this[0]["started_us"] - before[0]["started_us"] if before else 0,
                }
                rows.append((r, said))
    return rows


def worth(r: Request, share: Decimal, rates: Any, spent: Decimal | None) -> Row:
    """Say what a request may have spent in vain."""
    most = None if spent is None or rates is None else min(r["input_tokens"] * rates[0], spent)
    return {
        "finding": "embedded again",
        "saving_usd": None if most is None else (share * most).quantize(LAST_DIGIT, ROUND_HALF_UP),
        "saving_low_usd": None if most is None else Decimal(0),
        "saving_high_usd": most,
        "certainty": "possible",
        "evidence_tier": "counts",
        "items": None,
        "repeated_items": None,
        "repeated_tokens": int((share * r["input_tokens"]).to_integral_value(ROUND_FLOOR)),
    }
