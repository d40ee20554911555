"""A quick look into a store for what a shell completes: nothing of one that is locked or takes too long."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from llmcost.errors import LlmcostError

SECONDS = 0.3


def peek(path: str | Path, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
    """Run one query over a store's tables as they lie there, of any version; without an answer in time it has none."""
    if not Path(path).is_file():
        return []
    import duckdb

    from llmcost.store.connect import check_file, connect

    try:
        check_file(str(path), read_only=True)
        with connect(str(path), read_only=True, is_shut=True) as connection:
            clock = threading.Timer(SECONDS, connection.interrupt)
            clock.start()
            try:
                return connection.execute(sql, parameters).fetchall()
            finally:
                clock.cancel()
    # DuckDB raises RuntimeError for what was interrupted
    except (duckdb.Error, RuntimeError, LlmcostError):
        return []
