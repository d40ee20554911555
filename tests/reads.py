"""Which tables a query reads, as DuckDB's own parser sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from llmcost.store import Store

# what a macro that is a table reads besides the table that it is told
MACROS = {"requests_priced_as": ("leaves", "prices")}


@cache
def parser() -> Store:
    """Open what DuckDB parses with."""
    return Store()


def tables_of(query: str) -> set[str]:
    """Name the tables that a query reads and does not make itself."""
    tree = json.loads(parser().value("select json_serialize_sql($query::varchar)", {"query": query}))
    assert not tree["error"], tree
    return set(read_in(tree, frozenset()))


def read_in(node: Any, made: frozenset[str]) -> Iterator[str]:
    """Walk a syntax tree; `made` are the tables that `with` has made so far."""
    if isinstance(node, list):
        for inner in node:
            yield from read_in(inner, made)
    if not isinstance(node, dict):
        return
    for entry in node.get("cte_map", {}).get("map", ()):
        yield from read_in(entry["value"], made)
        made |= {entry["key"]}
    yield from (name for name in named_by(node) if name not in made)
    for name, inner in node.items():
        if name != "cte_map":
            yield from read_in(inner, made)


def named_by(node: dict[str, Any]) -> Iterator[str]:
    """Name the tables that one node of a tree is."""
    if node.get("type") == "BASE_TABLE":
        yield node["table_name"]
    if node.get("type") == "TABLE_FUNCTION" and node["function"]["function_name"] in MACROS:
        yield from MACROS[node["function"]["function_name"]]
        yield from (argument["expression"]["literal"]["text"] for argument in node["function"]["arguments"])
