"""What a store of ours is made of: tables with known columns and one view, and nothing that runs by itself."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from llmcost.errors import StoreError

if TYPE_CHECKING:
    from llmcost.store.connection import Store

SHAPE = resources.files("llmcost.store") / "shape.json"
# catalogue functions by their full names: a macro of the store could stand for them otherwise
FOREIGN = """
    select 'view ' || view_name, sql from system.main.duckdb_views() where not internal
    union all
    select 'macro ' || function_name, '' from system.main.duckdb_functions() where not internal
    union all
    select 'trigger ' || trigger_name, '' from system.main.duckdb_triggers()
    union all
    select 'schema ' || schema_name, ''
    from system.main.duckdb_schemas() where not internal and schema_name <> 'main'
    union all
    select 'expression of column ' || table_name || '.' || column_name, ''
    from system.main.duckdb_columns()
    where not internal and (column_default is not null or is_generated)
    union all
    select 'constraint on ' || table_name, ''
    from system.main.duckdb_constraints()
    where constraint_type not in ('NOT NULL', 'PRIMARY KEY', 'UNIQUE')
"""
COLUMNS = """
    select table_name, column_name, data_type
    from system.main.duckdb_columns()
    where
        not internal
        and database_name not in ('temp', 'system')
        and table_name in (select table_name from system.main.duckdb_tables())
    order by table_name, column_index
"""


@cache
def shape() -> dict[str, dict[str, dict[str, str]]]:
    """Read what this version's store is made of: `tables`: their columns and types, and `views`: their SQL."""
    found: dict[str, dict[str, dict[str, str]]] = json.loads(SHAPE.read_text(encoding="utf-8"))
    return found


def shape_of(store: Store) -> dict[str, dict[str, dict[str, str]]]:
    """Describe a store as shape.json does."""
    views = {name.removeprefix("view "): {"sql": sql} for name, sql in store.rows(FOREIGN) if name.startswith("view ")}
    return {"tables": tables_of(store), "views": views}


def tables_of(store: Store) -> dict[str, dict[str, str]]:
    """Name the tables of a store, their columns and the columns' types."""
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in store.rows(COLUMNS):
        tables.setdefault(table, {})[column] = kind
    return tables


def check_foreign(store: Store) -> None:
    """Refuse what would run when our queries do and is not ours. Raises StoreError."""
    ours = {f"view {name}": view["sql"] for name, view in shape()["views"].items()}
    for name, sql in store.rows(FOREIGN):
        if name not in ours or bare(ours[name]) != bare(sql):
            raise StoreError(
                f"{store.path}: not a llmcost store: its {name!r} is not llmcost's",
                hint="llmcost keeps plain tables and runs nothing that a file brings; ingest the logs into a new one",
            )


def bare(sql: str) -> str:
    """Leave out of SQL what one DuckDB writes otherwise than the next: spaces, brackets, quotes and letters' cases."""
    return re.sub(r'[\s()";]+', "", sql).lower()


def check_columns(store: Store) -> None:
    """Refuse a store whose tables lack columns that queries read, or have them in other types. Raises StoreError."""
    tables = tables_of(store)
    for table, columns in shape()["tables"].items():
        for column, kind in columns.items():
            found = tables.get(table, {}).get(column)
            if found != kind:
                what = "is missing" if found is None else f"is {found}, not {kind}"
                raise StoreError(
                    f"{store.path}: not a whole llmcost store: {table}.{column} {what}",
                    hint="something else has changed it; ingest the logs into a new store",
                )
