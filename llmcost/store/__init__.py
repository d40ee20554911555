"""The store: one DuckDB file, and the only place that opens a database.

Writers migrate it and hold its lock; readers open it read-only and bring their own prices.
"""

from llmcost.store.connection import Store
from llmcost.store.scope import Filters
from llmcost.store.when import parse_when

__all__ = ["Filters", "Store", "parse_when"]
