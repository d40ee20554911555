"""docs/detectors/model-mismatch.md, "Closed labels by counts", in plain Python, and logs for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.oracles.invented import Choice, Record

Request = Mapping[str, Any]
TOOL_CALLS = {"tool_calls", "tool_use", "function_call"}
CUT = {"length", "max_tokens"}
PARAMS = {"max_lengths": 5, "max_top_length": 0.9}


@dataclass(frozen=True)
class Shape:
    """What the counts of a route's answers are like."""

    lengths: int
    answers: int
    top_answers: int
    p95_tokens: int


def listed(requests: Iterable[Request], limits: Mapping[str, Decimal]) -> dict[Any, Shape]:
    """Describe by `case_id` the unlogged answers whose counts are as of a closed list."""
    routes: dict[Any, list[Request]] = defaultdict(list)
    for r in requests:
        if r["status"] == "ok" and r["operation_name"] != "embeddings" and r["output_hash"] is None:
            routes[r["key"], r["provider"], r["model"], r["system_prompt_hash"], r["model_group"]].append(r)
    shapes = [(answers, shape(answers, limits)) for answers in routes.values()]
    return {r["case_id"]: found for answers, found in shapes if found for r in answers}


def shape(answers: Sequence[Request], limits: Mapping[str, Decimal]) -> Shape | None:
    n = len(answers)
    known = sorted(r["output_tokens"] for r in answers if r["output_tokens"] is not None)
    short = Counter(size for size in known if size <= limits["max_label_tokens"])
    if n < limits["min_requests"] or 100 * short.total() < 95 * n or not short:
        return None
    if any(r["finish_reason"] in TOOL_CALLS for r in answers) or any(20 * odd > n for odd in odds(answers)):
        return None
    times = [short[size] for size in sorted(short)]
    is_list = (
        3 <= len(times) <= limits["max_lengths"]
        and max(times) <= limits["max_top_length"] * n
        and 100 * min(times) >= n
        and has_hole(sorted(short), times)
    )
    return Shape(len(times), n, max(times), known[-(-95 * len(known) // 100) - 1]) if is_list else None


def odds(answers: Sequence[Request]) -> list[int]:
    """Count what was thought about, what was to vary, and what was cut off."""
    return [
        sum((r["reasoning_output_tokens"] or 0) > 0 for r in answers),
        sum((r["temperature"] or 0) > 0 for r in answers),
        sum(r["finish_reason"] in CUT for r in answers),
    ]


def has_hole(sizes: Sequence[int], times: Sequence[int]) -> bool:
    """Look for a hole: one further on than after the shortest answers, or there if these are the most."""
    gaps = {
        place
        for place in range(len(sizes) - 1)
        if sizes[place + 1] > sizes[place] + 1
        and times[place] * times[place + 1] >= 9 * (times[place] + times[place + 1])
    }
    dips = {place - 1 for place in range(1, len(sizes) - 1) if is_dip(*times[place - 1 : place + 2])}
    return any(place > 0 or times[0] == max(times) for place in gaps | dips)


def is_dip(before: int, here: int, after: int) -> bool:
    lack = before * after - here * here
    return lack > 0 and lack * lack >= 9 * (before * after * (before + after) + 4 * here**3)


# where three standard deviations are reached exactly, or missed by one; 20, 2, 20 is a dip and 19, 2, 20 is none
TIMES = (1, 2, 2, 3, 9, 10, 17, 18, 18, 19, 20, 20)
SIZES = [
    (1, 2, 3),
    (1, 2, 3),
    (1, 2, 4),
    (2, 4, 5),
    (0, 5, 20),
    (1, 2, 3, 4),
    (4, 5, 6, 9),
    (1, 2, 3, 4, 5, 6),
    (3, 21, 7),
]
# what is not as in the other answers of a log, `times` of them
ODD: list[Choice] = [
    *[{"times": 0}] * 8,
    *({"times": times, "reasoning_output_tokens": 1} for times in (2, 3)),
    *({"times": times, "temperature": 0.5} for times in (2, 3)),
    *({"times": times, "finish_reason": reason} for times in (2, 3) for reason in sorted(CUT)),
    *({"times": 1, "finish_reason": reason} for reason in sorted(TOOL_CALLS)),
    *({"times": times, "output_tokens": 300} for times in (2, 3)),
    *(
        {"times": 2, **unpriced}
        for unpriced in ({"output_tokens": None, "input_tokens": None}, {"gateway_cache_hit": True})
    ),
    {"times": 3, "status": "error", "http_status_code": 500, "output_tokens": 300},
    *({"times": 19, "model_group": name} for name in ("g", "h")),
    *({"times": times, "output_hash": "a"} for times in (2, 4, 10, 20)),
]


def logs(base: Choice, targets: Sequence[Choice]) -> st.SearchStrategy[list[Choice]]:
    """Invent routes of a few lengths, most of which are no texts; what is odd about some comes last."""
    routes = st.sampled_from(SIZES).flatmap(
        lambda sizes: st.tuples(*(st.tuples(st.just(size), st.sampled_from(TIMES)) for size in sizes))
    )
    return st.tuples(st.sampled_from(targets), routes, st.sampled_from(ODD), st.sampled_from(ODD)).map(
        lambda drawn: written(base, *drawn)
    )


def written(base: Choice, target: Choice, route: Sequence[tuple[int, int]], *odd: Choice) -> list[Record]:
    """Write one answer after the other."""
    usual = {"after": 0, "lasts": None, **base, **target, "output_hash": None, "temperature": 0}
    answers = [{**usual, "output_tokens": size} for size, times in route for _ in range(times)]
    more = [{**usual, **change} for change in odd for _ in range(change["times"])]
    return [{key: value for key, value in record.items() if key != "times"} for record in (*answers, *more)]
