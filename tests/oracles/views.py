"""docs/reports.md in plain Python: what each view of `llmcost report` says of one group of requests.

A view is a function of the group's requests and of all requests asked for; it gives rows by their labels. A group that
has nothing to show gives none. `whole` gives one row for everything, whatever a view tells apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

from tests.oracles.figures import percentile, share, slope, wilson
from tests.oracles.money import cache_saved, cost, has_price, known_sum, would_have_cost

Request = dict[str, Any]
Row = dict[str, Any]
Labelled = dict[tuple[Any, ...], Row]
REFUSED = "refused_by_gateway"
EPOCH = datetime(1970, 1, 1)
LIMITED = {"length", "MAX_TOKENS"}  # of the reasons that are invented, those that are limits
UNDER_MS = {"under_250ms": 250, "under_500ms": 500} | {f"under_{2**n}s": 1000 * 2**n for n in range(6)}


def total(requests: Iterable[Request], column: str) -> Any:
    return known_sum(r[column] for r in requests)


def spent(requests: Iterable[Request]) -> Any:
    return known_sum(map(cost, requests))


def milliseconds(start: datetime, end: datetime) -> Fraction:
    return Fraction((end - start) // timedelta(microseconds=1), 1000)


# Costs.


def cost_view(requests: Sequence[Request], everything: Sequence[Request]) -> Labelled:
    priced = [r for r in requests if cost(r) is not None]
    return {
        (): {
            "requests": len(requests),
            "input_tokens": total(requests, "input_tokens"),
            "cached_tokens": total(requests, "cache_read_input_tokens"),
            "output_tokens": total(requests, "output_tokens"),
            "cost_usd": spent(requests),
            "cost_share": share(spent(requests), spent(everything)),
            "cost_per_request_usd": share(spent(priced), len(priced)),
            "cost_per_success_usd": share(spent(priced), sum(r["kind"] is None for r in priced)),
            "cost_per_1k_tokens_usd": share(spent(priced), Fraction(tokens(priced), 1000)),
        }
    }


def tokens(requests: Iterable[Request]) -> int:
    return sum((r["input_tokens"] or 0) + (r["output_tokens"] or 0) for r in requests)


# Latency.


def latency_view(requests: Sequence[Request], everything: Sequence[Request]) -> Labelled:
    waited = [r for r in requests if is_waited_for(r)]
    return {(stream,): latency([r for r in waited if r["is_stream"] is stream]) for stream in streams(waited)}


def streams(requests: Iterable[Request]) -> set[bool | None]:
    return {r["is_stream"] for r in requests}


def is_waited_for(r: Request) -> bool:
    return r["kind"] is None and not r["is_batch"] and not r["gateway_cache_hit"]


def latency(requests: Sequence[Request]) -> Row:
    took = [ms for r in requests if (ms := lasted(r)) is not None]
    first = [ms for r in requests if (ms := first_token(r)) is not None]
    return {
        "requests": len(requests),
        "timed_requests": len(took),
        **{f"latency_p{n}_ms": percentile(took, n) for n in (50, 95, 99)},
        **{f"first_token_p{n}_ms": percentile(first, n) for n in (50, 95, 99)},
        "tokens_per_second_p50": percentile(map(speed, requests), 50),
        **distribution(took),
    }


def lasted(r: Request) -> Fraction | None:
    known = r["ended_at"] is not None and r["ended_at"] >= r["started_at"]
    return milliseconds(r["started_at"], r["ended_at"]) if known else None


def first_token(r: Request) -> Fraction | None:
    first, end = r["first_token_at"], r["ended_at"]
    if first is None or first < r["started_at"] or r["is_stream"] is False:
        return None
    if r["is_stream"] is None and (end is None or first >= end):
        return None
    return milliseconds(r["started_at"], first)


def speed(r: Request) -> Fraction | None:
    took, first = lasted(r), first_token(r)
    if r["output_tokens"] is None or took is None or (r["is_stream"] and first is None):
        return None
    rest = took - first if r["is_stream"] and first is not None else took
    return Fraction(r["output_tokens"]) / rest * 1000 if rest > 0 else None


def distribution(took: Sequence[Fraction]) -> Row:
    counts, floor = {}, 0
    for name, limit in UNDER_MS.items():
        counts[name], floor = sum(floor <= ms < limit for ms in took), limit
    return counts | {"over_32s": sum(ms >= 32_000 for ms in took)}


# Caches.


def cache_view(requests: Sequence[Request], everything: Sequence[Request]) -> Labelled:
    reporting = [r for r in requests if reports_cache(r)]
    told = [r for r in requests if r["gateway_cache_hit"] is not None]
    hits = [r for r in told if r["gateway_cache_hit"]]
    read, written = total(reporting, "cache_read_input_tokens"), total(reporting, "cache_write_input_tokens")
    return {
        (): {
            "requests": len(requests),
            "reporting_requests": len(reporting),
            "input_tokens": total(reporting, "input_tokens"),
            "cached_tokens": read,
            "cached_share": share(read, total(reporting, "input_tokens")),
            "written_tokens": written,
            "reads_per_write": share(read, written),
            "cache_saved_usd": known_sum(cache_saved(r) for r in reporting if has_price(r)),
            "gateway_hits": len(hits) if told else None,
            "gateway_reporting_requests": len(told),
            "gateway_hit_share": share(len(hits), len(told)),
            "gateway_saved_usd": known_sum(map(would_have_cost, hits)),
        }
    }


def reports_cache(r: Request) -> bool:
    tells = r["cache_read_input_tokens"] is not None or r["cache_write_input_tokens"] is not None
    # what the gateway answered of itself no provider's cache saw
    return tells and not r["gateway_cache_hit"]


# Errors.


def errors_view(requests: Sequence[Request], everything: Sequence[Request]) -> Labelled:
    kinds = {r["kind"] for r in requests} - {None}
    # what a gateway refused reached no provider, so it is no request of the others' rates
    sent = [r for r in requests if r["kind"] != REFUSED]
    return {
        (kind,): errors([r for r in requests if r["kind"] == kind], len(requests) if kind == REFUSED else len(sent))
        for kind in kinds
    }


def errors(failed: Sequence[Request], requests: int) -> Row:
    low, high = wilson(len(failed), requests)
    return {
        "errors": len(failed),
        "requests": requests,
        "error_share": share(len(failed), requests),
        "error_low_share": low,
        "error_high_share": high,
        "cost_usd": spent(failed),
        "last_error_at": max((r["started_at"] for r in failed), default=None),
    }


# Reliability.


def reliability_view(requests: Sequence[Request], everything: Sequence[Request]) -> Labelled:
    names = {r["request_id"] for r in requests}
    found = sorted(
        ((labels(*step), step) for step in steps(everything) if step[0]["request_id"] in names),
        key=lambda pair: repr(pair[0]),
    )
    return {
        label: reliability([step for _, step in pairs], len(requests))
        for label, pairs in groupby(found, key=lambda pair: pair[0])
    }


def operation(r: Request) -> Any:
    named = r["logical_request_id"] or (r["trace_id"] if r["gateway"] == "litellm" else None)
    return named or r["request_id"], r["operation_name"]


def steps(requests: Sequence[Request]) -> Iterator[tuple[Request, Request]]:
    """Give each failed attempt with the attempt that followed it."""
    ordered = sorted(requests, key=lambda r: (repr(operation(r)), r["started_at"], *turn(r)))
    for _, attempts in groupby(ordered, key=operation):
        for failed, following in pairwise(attempts):
            is_near = following["started_at"] - failed["started_at"] <= timedelta(seconds=600)
            prompts = {failed["prompt_hash"], following["prompt_hash"]} - {None}
            if failed["kind"] and is_near and len(prompts) < 2:
                yield failed, following


def turn(r: Request) -> tuple[Any, ...]:
    """Order what started at the same microsecond: fallbacks by their number, then by name."""
    index = r["fallback_index"]
    return index is None, index or 0, r["request_id"]


def place(r: Request) -> tuple[Any, Any]:
    return r["provider_name"], r["response_model"] or r["request_model"]


def labels(failed: Request, following: Request) -> tuple[Any, ...]:
    is_same = (*place(failed), failed["deployment_id"]) == (*place(following), following["deployment_id"])
    return "retry" if is_same else "failover", *place(failed), *place(following)


def reliability(found: Sequence[tuple[Request, Request]], requests: int) -> Row:
    added = [milliseconds(failed["started_at"], following["started_at"]) for failed, following in found]
    recovered = sum(following["kind"] is None for _, following in found)
    return {
        "steps": len(found),
        "requests": requests,
        "step_share": share(len(found), requests),
        "recovered": recovered,
        "recovered_share": share(recovered, len(found)),
        "added_p50_ms": percentile(added, 50),
        "added_p95_ms": percentile(added, 95),
        "failed_cost_usd": spent(failed for failed, _ in found),
    }


# Efficiency.


def efficiency_view(requests: Sequence[Request], everything: Sequence[Request]) -> Labelled:
    answered = [r for r in requests if is_answer(r)]
    return {(): efficiency(answered)} if answered else {}


def is_answer(r: Request) -> bool:
    is_text = r["operation_name"] != "embeddings" and not r["gateway_cache_hit"]
    return is_text and r["kind"] is None and tells_both(r)


def tells_both(r: Request) -> bool:
    return r["input_tokens"] is not None and r["output_tokens"] is not None


def efficiency(requests: Sequence[Request]) -> Row:
    reasoning = [r for r in requests if r["reasoning_output_tokens"] is not None]
    truncated = sum(r["finish_reason"] in LIMITED for r in requests)
    finished = sum(r["finish_reason"] is not None for r in requests)
    limited = [r for r in requests if r["max_tokens_requested"] is not None]
    oversized = sum(r["max_tokens_requested"] >= 10 * r["output_tokens"] for r in limited)
    read, written = total(requests, "input_tokens"), total(requests, "output_tokens")
    return {
        "requests": len(requests),
        "input_tokens": read,
        "output_tokens": written,
        "input_per_request_tokens": share(read, len(requests)),
        "output_per_request_tokens": share(written, len(requests)),
        "output_per_input": share(written, read),
        "reasoning_tokens": total(reasoning, "reasoning_output_tokens"),
        "reasoning_requests": len(reasoning),
        "reasoning_share": share(total(reasoning, "reasoning_output_tokens"), total(reasoning, "output_tokens")),
        "truncated_requests": truncated,
        "finished_requests": finished,
        "truncated_share": share(truncated, finished),
        "limited_requests": len(limited),
        "limit_p50_tokens": percentile((r["max_tokens_requested"] for r in limited), 50),
        "output_p95_tokens": percentile((r["output_tokens"] for r in requests), 95),
        "oversized_requests": oversized,
        "oversized_share": share(oversized, len(limited)),
        "input_growth_per_day_tokens": slope([((r["started_at"] - EPOCH).days, r["input_tokens"]) for r in requests]),
    }


# All at a glance.


def overview_view(requests: Sequence[Request], everything: Sequence[Request]) -> Labelled:
    both = [r for r in requests if tells_both(r)]
    reporting = [r for r in requests if reports_cache(r)]
    waited = [r for r in requests if is_waited_for(r)]
    told = [r["fallback_index"] for r in requests if r["fallback_index"] is not None]
    failed = sum(r["kind"] not in (None, REFUSED) for r in requests)
    sent = sum(r["kind"] != REFUSED for r in requests)
    priced = [r for r in requests if cost(r) is not None]
    return {
        (): {
            "requests": len(requests),
            "cost_usd": spent(requests),
            "cost_share": share(spent(requests), spent(everything)),
            "cost_per_request_usd": share(spent(priced), len(priced)),
            "tokens_per_request": share(tokens(both), len(both)),
            "output_per_input": share(total(both, "output_tokens"), total(both, "input_tokens")),
            "cache_reporting_requests": sum(r["input_tokens"] is not None for r in reporting),
            "cached_share": share(total(reporting, "cache_read_input_tokens"), total(reporting, "input_tokens")),
            "latency_p50_ms": percentile(map(lasted, waited), 50),
            "latency_p95_ms": percentile(map(lasted, waited), 95),
            "first_token_p50_ms": percentile(map(first_token, waited), 50),
            "errors": failed,
            "error_share": share(failed, sent),
            "fallback_reporting_requests": len(told),
            "fallback_share": share(sum(index > 0 for index in told), len(told)),
        }
    }


VIEWS: dict[str, Callable[[Sequence[Request], Sequence[Request]], Labelled]] = {
    "overview": overview_view,
    "cost": cost_view,
    "latency": latency_view,
    "cache": cache_view,
    "errors": errors_view,
    "reliability": reliability_view,
    "efficiency": efficiency_view,
}


def whole(view: str, requests: Sequence[Request]) -> Row:
    """Give the totals of a view."""
    if view == "latency":
        return latency([r for r in requests if is_waited_for(r)])
    if view == "errors":
        return errors([r for r in requests if r["kind"] is not None], len(requests))
    if view == "reliability":
        return reliability(list(steps(requests)), len(requests))
    if view == "efficiency":
        return efficiency([r for r in requests if is_answer(r)])
    return VIEWS[view](requests, requests)[()]
