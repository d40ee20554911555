"""A baseline: what each request of each test case used, in tokens, to be priced again whenever it is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from llmcost.check.keys import Traced
from llmcost.check.query import queries

# what tells requests of a case apart; with what it is where a baseline does not say
NAMES: dict[str, Any] = {
    "route": None,
    "operation_name": None,
    "provider_name": None,
    "request_model": None,
    "response_model": None,
    "deployment_id": None,
    "service_tier": None,
    "speed": None,
    "inference_geo": None,
    "search_context_size": None,
    "billed_unit": None,
    "is_batch": None,
    "status": "ok",
    "usage_source": "provider",
    "usage_basis": "inclusive",
    "gateway_cache_hit": None,
}
COUNTS = (
    *("input_tokens", "cache_read_input_tokens", "cache_write_input_tokens", "cache_write_1h_input_tokens"),
    *("input_audio_tokens", "cache_read_audio_tokens", "input_image_tokens", "cache_read_image_tokens"),
    *("output_tokens", "reasoning_output_tokens", "output_audio_tokens", "output_image_tokens"),
    *("web_search_requests", "file_search_requests", "x_search_requests", "code_interpreter_requests"),
    *("billed_units", "retry_count"),
)
Counts = tuple[int | None, ...]


@dataclass(frozen=True)
class Request:
    """One request of a case: its run and the call that it is an attempt of, both from 0, and COUNTS in their order."""

    run: int
    call: int
    counts: Counts


@dataclass(frozen=True)
class Group:
    """The requests of a case that have one route, model and so on: values of NAMES in their order."""

    names: tuple[Any, ...]
    requests: tuple[Request, ...]


@dataclass(frozen=True)
class Case:
    """A test case: how many runs it had, how long each took (milliseconds; None: not known), and its requests."""

    id: str
    runs: int
    wall_ms: tuple[int | None, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Baseline:
    """What `baseline.json` holds; `priced_on` is the day of the last request, `cost_usd` what it cost by `prices`.

    `is_intact` tells whether a file's checksum fits what it holds.
    """

    cases: tuple[Case, ...]
    case_key: str
    priced_on: date
    created_at: datetime
    commit: str | None = None
    reason: str | None = None
    prices: str | None = None
    cost_usd: str | None = None
    is_intact: bool = field(default=True, compare=False)


def cases_of(traced: Traced) -> tuple[Case, ...]:
    """Take the cases of traces."""
    rows = traced.records(queries()["calls"])
    return tuple(case_of(name, list(found)) for name, found in groupby(rows, key=lambda row: row["case_name"]))


def case_of(name: str, rows: Sequence[dict[str, Any]]) -> Case:
    """Make one case of its requests, which are in the order of their runs."""
    runs = {run: number for number, run in enumerate(dict.fromkeys(row["run_name"] for row in rows))}
    calls: list[dict[Any, int]] = [{} for _ in runs]
    groups: dict[tuple[Any, ...], list[Request]] = {}
    for row in rows:
        run = runs[row["run_name"]]
        call = calls[run].setdefault(row["logical_request_id"], len(calls[run]))
        request = Request(run, call, tuple(row[count] for count in COUNTS))
        groups.setdefault(tuple(usual(row[key]) for key in NAMES), []).append(request)
    return Case(name, len(runs), tuple(walls(rows, runs)), tuple(ordered(groups)))


def usual(name: Any) -> Any:
    """Take an answer that no cache gave as one of which nothing is said."""
    return None if name is False else name


def ordered(groups: dict[tuple[Any, ...], list[Request]]) -> Iterator[Group]:
    """Put groups and requests in an order that does not hang on when they were sent."""
    for names in sorted(groups, key=lambda names: [str(name) for name in names]):
        yield Group(names, tuple(sorted(groups[names], key=place)))


def place(request: Request) -> tuple[int, int, list[int]]:
    """Order by run and call, then by size."""
    return request.run, request.call, [-1 if count is None else count for count in request.counts]


def walls(rows: Sequence[dict[str, Any]], runs: dict[Any, int]) -> Iterator[int | None]:
    """Measure each run from its first request to its last answer."""
    for run in runs:
        own = [row for row in rows if row["run_name"] == run]
        ends = [row["ended_us"] for row in own if row["ended_us"] is not None]
        yield round((max(ends) - min(row["started_us"] for row in own)) / 1000) if ends else None
