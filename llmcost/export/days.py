"""A scope as Parquet files by UTC day, written by DuckDB itself, so that it need not fit into memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from llmcost.errors import MAKE_ROOM, OutputError, UsageError, cannot_write, first_line, full_reason
from llmcost.export.focus import exports
from llmcost.export.folder import check_folder, foreign, move_in, staged
from llmcost.render.json import encode
from llmcost.store import Scope
from llmcost.store.quote import literal


@dataclass(frozen=True)
class Written:
    """What an export wrote: rows in so many days; `kept` files in its folder are not its own."""

    rows: int
    days: int
    kept: int


def export_days(scope: Scope, name: str, folder: Path, about: dict[str, Any], *, force: bool = False) -> Written:
    """Write a scope by the export `name`, `about` in every file's schema under "llmcost".

    The folder is whole or as it was. `force` replaces what the same export wrote earlier, and nothing else. Raises
    OutputError where the disk takes no more, UsageError where it cannot be written.
    """
    command = str(about["command"])
    check_folder(folder, command, force=force)
    with staged(folder) as part:
        rows = copy(scope, exports()[name].query, part, about, folder)
        days = sum(1 for _ in part.iterdir())
        move_in(part, folder, command)
        return Written(rows, days, len(foreign(folder)))


def copy(scope: Scope, query: str, part: Path, about: dict[str, Any], folder: Path) -> int:
    """Let DuckDB write a query's rows by day, and count them."""
    options = (
        "format parquet, compression zstd, partition_by (day), "
        f"kv_metadata {{llmcost: {literal(encode(about).decode())}}}"
    )
    try:
        return int(scope.value(f"copy ({query}) to {literal(str(part))} ({options})"))
    except duckdb.IOException as error:
        reason = full_reason(str(error))
        if reason and part.name in str(error):
            raise OutputError(cannot_write(folder, reason), hint=MAKE_ROOM) from error
        if reason:
            raise
        raise UsageError(cannot_write(folder, first_line(error))) from error
