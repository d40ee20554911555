"""`baseline.json`, read and checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from llmcost.check.baseline import COUNTS, NAMES, Baseline, Case, Group, Request
from llmcost.errors import InputError, UsageError

SCHEMA_VERSION = 1
KIND = "llmcost.baseline"
# more than any request has
Number = Annotated[int, Meta(ge=0, lt=10**18)]
# of a count of nearly all requests one number is written for all of them
Written = Number | None | list[Number | None]
# about 300 years
Milliseconds = Annotated[int, Meta(ge=0, lt=10**13)]
# a number written once can stand for any number of requests: more than this no machine's memory is asked to hold
MOST_REQUESTS = 10_000_000


class Entry(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A group as it is written: requests in each run, counts and calls of all of them in the order of the runs."""

    requests: list[Number]
    call: Written = 0
    route: str | None = None
    operation_name: str
    provider_name: str | None = None
    request_model: str | None = None
    response_model: str | None = None
    deployment_id: str | None = None
    service_tier: str | None = None
    speed: str | None = None
    inference_geo: str | None = None
    search_context_size: str | None = None
    billed_unit: str | None = None
    is_batch: bool | None = None
    status: str = "ok"
    usage_source: str = "provider"
    usage_basis: str = "inclusive"
    gateway_cache_hit: bool | None = None
    input_tokens: Written = None
    cache_read_input_tokens: Written = None
    cache_write_input_tokens: Written = None
    cache_write_1h_input_tokens: Written = None
    input_audio_tokens: Written = None
    cache_read_audio_tokens: Written = None
    input_image_tokens: Written = None
    cache_read_image_tokens: Written = None
    output_tokens: Written = None
    reasoning_output_tokens: Written = None
    output_audio_tokens: Written = None
    output_image_tokens: Written = None
    web_search_requests: Written = None
    file_search_requests: Written = None
    x_search_requests: Written = None
    code_interpreter_requests: Written = None
    billed_units: Written = None
    retry_count: Written = None


class WrittenCase(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A case as it is written."""

    id: str
    runs: Annotated[int, Meta(ge=1)]
    wall_ms: Milliseconds | list[Milliseconds | None] | None = None
    requests: list[Entry]


class Totals(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the whole came to when it was made, for a reader; nothing is computed from it."""

    cases: int
    requests: int
    cost_usd: str | None = None


class Document(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The whole file."""

    schema_version: int
    kind: str
    created_at: datetime
    commit: str | None = None
    reason: str | None = None
    prices: str | None = None
    priced_on: date
    case_key: str
    sha256: str | None = None
    totals: Totals
    cases: list[WrittenCase]


def read_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises UsageError where there is none or it is of another version, InputError where it is broken.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: no baseline: {error.strerror}", hint="`llmcost baseline create TRACES` makes one"
        ) from error
    found = check_kind(path, content)
    try:
        document = msgspec.json.decode(content, type=Document)
        check_size(document)
        cases = tuple(read_case(case) for case in document.cases)
        if len({case.id for case in cases}) < len(cases):
            raise ValueError("two cases have one id")
        return Baseline(
            cases,
            document.case_key,
            document.priced_on,
            document.created_at,
            document.commit,
            document.reason,
            document.prices,
            document.totals.cost_usd,
            document.sha256 == checksum(found),
        )
    except (msgspec.MsgspecError, ValueError) as error:
        raise broken(path, str(error)) from error


def checksum(found: Mapping[str, Any]) -> str:
    """Hash what a baseline says, however its lines are laid out."""
    said = {name: value for name, value in found.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def check_kind(path: Path, content: bytes) -> Mapping[str, Any]:
    """Decode it, and refuse what is not a baseline, or one of a version that is not known here."""
    try:
        found = msgspec.json.decode(content)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise broken(path, str(error)) from error
    if not isinstance(found, Mapping) or found.get("kind") != KIND:
        raise broken(path, f'it is not of kind "{KIND}"')
    version = found.get("schema_version")
    if isinstance(version, int) and version != SCHEMA_VERSION:
        raise UsageError(
            f"{path}: a baseline of version {version}; this llmcost reads {SCHEMA_VERSION}",
            hint="use the llmcost that made it, or make a new one with `llmcost baseline accept`",
        )
    return found


def check_size(document: Document) -> None:
    """Refuse more requests, or runs, than can be held. Raises ValueError."""
    requests = sum(count for case in document.cases for group in case.requests for count in group.requests)
    if max(requests, sum(case.runs for case in document.cases)) > MOST_REQUESTS:
        raise ValueError(f"more than {MOST_REQUESTS:,} requests or runs")


def broken(path: Path, why: str) -> InputError:
    """Make the error for a file that cannot be read."""
    return InputError(
        f"{path}: a broken baseline: {why}",
        hint="take it from version control again, or make a new one with `llmcost baseline create --force`",
    )


def read_case(case: WrittenCase) -> Case:
    """Read a case. Raises ValueError where its numbers do not fit together."""
    walls = spread(case.wall_ms, case.runs, f"case {case.id}: wall_ms")
    return Case(case.id, case.runs, tuple(walls), tuple(read_group(case, found) for found in case.requests))


def read_group(case: WrittenCase, found: Entry) -> Group:
    """Read a group."""
    if len(found.requests) != case.runs:
        raise ValueError(f"case {case.id}: requests: a number for each of {case.runs} runs is needed")
    runs = [run for run, count in enumerate(found.requests) for _ in range(count)]
    where = f"case {case.id}: "
    counts = [spread(getattr(found, name), len(runs), where + name) for name in COUNTS]
    calls = spread(found.call, len(runs), where + "call")
    rows = zip(runs, calls, zip(*counts, strict=True), strict=True)
    return Group(
        tuple(getattr(found, name) for name in NAMES), tuple(Request(run, call or 0, row) for run, call, row in rows)
    )


def spread(value: int | list[int | None] | None, count: int, what: str) -> list[int | None]:
    """Give each request its number. Raises ValueError where there are too many or too few."""
    if not isinstance(value, list):
        value = [value] * count
    if len(value) != count:
        raise ValueError(f"{what}: {len(value)} numbers for {count}")
    return value
