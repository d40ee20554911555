"""A baseline as requests again, so that what prices a log prices it too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from importlib import resources
from typing import Any

import pyarrow as pa

from llmcost.check.baseline import COUNTS, NAMES, Baseline, Case
from llmcost.store import Store

NOON = time(12)
INSERT = resources.files("llmcost.check") / "restore.sql"
KINDS = {"is_batch": pa.bool_(), "gateway_cache_hit": pa.bool_()}
REQUESTS = pa.schema(
    [
        ("case_id", pa.string()),
        ("case_run", pa.string()),
        ("logical_request_id", pa.string()),
        ("ended_at", pa.timestamp("us")),
        *((name, KINDS.get(name, pa.string())) for name in NAMES),
        *((count, pa.int64()) for count in COUNTS),
    ]
)


def restore(baseline: Baseline) -> Store:
    """Make a store in memory of a baseline's requests, all sent at noon of the day it is priced on."""
    start = datetime.combine(baseline.priced_on, NOON)
    rows = [row for case in baseline.cases for row in requests_of(case, start)]
    columns = list(zip(*rows, strict=True)) or [()] * len(REQUESTS)
    restored = pa.table(
        [pa.array(values, kind) for values, kind in zip(columns, REQUESTS.types, strict=True)], schema=REQUESTS
    )
    store = Store()
    store.register("restored", restored)
    store.execute(INSERT.read_text(encoding="utf-8"), {"start": start})
    store.assign_name_ids()
    store.sandbox()
    return store


def requests_of(case: Case, start: datetime) -> Iterator[tuple[Any, ...]]:
    """Write the requests of a case as rows of REQUESTS; the first of a run ends when the run does."""
    ended: set[int] = set()
    for group in case.groups:
        for request in group.requests:
            wall = None if request.run in ended else case.wall_ms[request.run]
            ended.add(request.run)
            yield (
                case.id,
                f"{request.run + 1}",
                f"{case.id}\x1f{request.run}\x1f{request.call}",
                None if wall is None else start + timedelta(milliseconds=wall),
                *group.names,
                *request.counts,
            )
