"""`baseline.json`, written so that a review can read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

import msgspec

from llmcost.check.baseline import COUNTS, NAMES, Baseline, Case, Group
from llmcost.check.baseline_read import KIND, SCHEMA_VERSION, Written, checksum


def write_baseline(baseline: Baseline) -> Iterator[str]:
    """Write a baseline as JSON, a line for each group of requests, keys in alphabetical order, with its checksum."""
    head = head_of(baseline)
    bare = "".join(document(head, baseline))
    yield from document({**head, "sha256": checksum(msgspec.json.decode(bare))}, baseline)


def head_of(baseline: Baseline) -> dict[str, Any]:
    """Give all that stands beside the cases."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "created_at": baseline.created_at.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z"),
        "commit": baseline.commit,
        "reason": baseline.reason,
        "prices": baseline.prices,
        "priced_on": baseline.priced_on.isoformat(),
        "case_key": baseline.case_key,
        "totals": {
            "cases": len(baseline.cases),
            "requests": sum(len(group.requests) for case in baseline.cases for group in case.groups),
            "cost_usd": baseline.cost_usd,
        },
    }


def document(head: dict[str, Any], baseline: Baseline) -> Iterator[str]:
    """Write the whole, its cases in their alphabetical place."""
    yield "{\n"
    fields = {**head, "cases": None}
    for number, name in enumerate(sorted(fields)):
        yield ",\n" if number else ""
        if name == "cases":
            yield '"cases": [\n'
            for at, case in enumerate(baseline.cases):
                yield (",\n" if at else "") + case_text(case)
            yield "\n]"
        else:
            yield f"{text(name)}: {text(fields[name])}"
    yield "\n}\n"


def case_text(case: Case) -> str:
    """Write a case: its name on one line, its groups on one each, then its runs."""
    entries = ",\n".join(f"  {text(entry(group, case.runs))}" for group in case.groups)
    return (
        f'{{"id": {text(case.id)}, "requests": [\n{entries}\n], "runs": {case.runs}, "wall_ms": {text(case.wall_ms)}}}'
    )


def entry(group: Group, runs: int) -> dict[str, Any]:
    """Write a group, without what is as usual."""
    found = {name: value for name, value in zip(NAMES, group.names, strict=True) if value != NAMES[name]}
    counts = {name: written([request.counts[at] for request in group.requests]) for at, name in enumerate(COUNTS)}
    found |= {name: value for name, value in counts.items() if value is not None}
    found["requests"] = [sum(request.run == run for request in group.requests) for run in range(runs)]
    if any(request.call for request in group.requests):
        found["call"] = written([request.call for request in group.requests])
    return found


def written(values: Sequence[int | None]) -> Written:
    """Write one number where all are the same."""
    return values[0] if len(set(values)) == 1 else list(values)


def text(value: Any) -> str:
    """Write JSON on one line, sorted by key."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
