"""llmcost: where LLM money goes, from the logs you already have.

import llmcost

frame = llmcost.open("llmcost.duckdb").report(by=["model"])
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmcost.api import Database

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(path: str | Path | None = None, *, logs: Sequence[str | Path] = ()) -> Database:
    """Open a store read-only, or read `logs` into memory; see llmcost.api.Database for what it can do."""
    # polars takes a third of a second to import: only who asks for a frame waits for it
    from llmcost.api import Database

    return Database(path, logs=logs)
