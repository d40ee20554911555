"""The store: one DuckDB file, and the only place that opens a database.

Writers migrate it and hold its lock; readers open it read-only and bring their own prices.
"""

from llmcost.store.connection import Store
from llmcost.store.engine import DerivedTable, Engine, Input, Inputs, Result, Row, Rows, Tables, table_of
from llmcost.store.priced import Priced, Repricing
from llmcost.store.scope import Filters, Scope, TopGroups
from llmcost.store.when import parse_when

__all__ = [
    "DerivedTable",
    "Engine",
    "Filters",
    "Input",
    "Inputs",
    "Priced",
    "Repricing",
    "Result",
    "Row",
    "Rows",
    "Scope",
    "Store",
    "Tables",
    "TopGroups",
    "parse_when",
    "table_of",
]
