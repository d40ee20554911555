"""How to ingest."""

from __future__ import annotations

from dataclasses import dataclass, field

from llmcost.ingest.case_key import CASE_KEY
from llmcost.ingest.format import Format
from llmcost.ingest.limit import Limit

# what DuckDB may take; with Python and its libraries that stays under 1 GB on any input
MEMORY_LIMIT = "700MB"


@dataclass(frozen=True)
class Options:
    """How to ingest.

    `format` is taken instead of recognising one. `on_duplicate` is last, first or error. Without `hashes_text` no
    prompt or answer is even read. `zone` is that of times without one. `limit` is how many bad lines are accepted.
    `case_key` is the key of the metadata that names the test case. `memory_limit` bounds DuckDB's own memory, where the
    store is a file.
    """

    format: Format | None = None
    on_duplicate: str = "last"
    hashes_text: bool = True
    zone: str = "UTC"
    limit: Limit = field(default_factory=Limit)
    case_key: str = CASE_KEY
    memory_limit: str = MEMORY_LIMIT
