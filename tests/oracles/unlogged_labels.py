"""docs/detectors/model-mismatch.md, what it says of answers that are not logged, in plain Python, and logs for it."""

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
    """What the answers of a route are like, by the tier that tells it."""

    tier: str
    labels: int | None
    lengths: int | None
    answers: int
    top_answers: int
    p95_tokens: int
    is_sure: bool


def listed(requests: Iterable[Request], limits: Mapping[str, Decimal]) -> dict[Any, Shape]:
    """Describe by `case_id` the unlogged answers of closed lists: such as were asked for, or have counts of one."""
    routes: dict[Any, list[Request]] = defaultdict(list)
    for r in requests:
        if r["status"] == "ok" and r["operation_name"] != "embeddings" and r["output_hash"] is None:
            route = (r["key"], r["provider"], r["model"], r["system_prompt_hash"], r["model_group"])
            routes[route, r["response_choices"]].append(r)
    shapes = [
        (answers, shape(answers, limits) if choices is None else chosen(answers, choices, limits))
        for (_, choices), answers in routes.items()
    ]
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
    return Shape("counts", None, len(times), n, max(times), p95(known), is_sure=False) if is_list else None


def chosen(answers: Sequence[Request], choices: int, limits: Mapping[str, Decimal]) -> Shape | None:
    n = len(answers)
    known = sorted(r["output_tokens"] for r in answers if r["output_tokens"] is not None)
    # what has no count may be as much of one as it is
    top = max(Counter(r["output_tokens"] for r in answers).values())
    lengths, is_no_guard = len(set(known)), top <= limits["max_top_share"] * n
    is_list = (
        n >= limits["min_requests"]
        and 2 <= choices <= limits["max_labels"]
        and 20 * odds(answers)[0] <= n
        and 0 < lengths <= limits["max_labels"]
        and (is_no_guard or choices > 2)
    )
    return Shape("fields", choices, lengths, n, top, p95(known), is_no_guard) if is_list else None


def p95(known: Sequence[int]) -> int:
    return known[-(-95 * len(known) // 100) - 1]


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
    *({"times": times, "response_choices": choices} for times in (10, 20) for choices in (1, 2, 3)),
    {"times": 3, "status": "error", "http_status_code": 500, "output_tokens": 300},
    *({"times": 19, "model_group": name} for name in ("g", "h")),
    *({"times": times, "output_hash": "a"} for times in (2, 4, 10, 20)),
]


def logs(base: Choice, targets: Sequence[Choice]) -> st.SearchStrategy[list[Choice]]:
    """Invent routes of a few lengths, most of which are no texts; what is odd about some comes last."""
    routes = st.sampled_from(SIZES).flatmap(
        lambda sizes: st.tuples(*(st.tuples(st.just(size), st.sampled_from(TIMES)) for size in sizes))
    )
    asked: list[Choice] = [*[{}] * 6, *({"response_choices": choices} for choices in (1, 2, 2, 3, 3, 4))]
    return st.tuples(
        st.sampled_from(targets), st.sampled_from(asked), routes, st.sampled_from(ODD), st.sampled_from(ODD)
    ).map(lambda drawn: written({**base, **drawn[0], **drawn[1]}, *drawn[2:]))


def written(base: Choice, route: Sequence[tuple[int, int]], *odd: Choice) -> list[Record]:
    """Write one answer after the other."""
    usual = {"after": 0, "lasts": None, **base, "output_hash": None, "temperature": 0}
    answers = [{**usual, "output_tokens": size} for size, times in route for _ in range(times)]
    more = [{**usual, **change} for change in odd for _ in range(change["times"])]
    return [{key: value for key, value in record.items() if key != "times"} for record in (*answers, *more)]
