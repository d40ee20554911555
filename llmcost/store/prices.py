"""Bring a price book into the connection: its rates as rows, and every name in the store resolved against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import resources

from llmcost.pricing import Book, Key, Resolver
from llmcost.pricing.rates import rows_of
from llmcost.store.connection import Store

VIEWS = resources.files("llmcost.store") / "views.sql"
RULE_ID = len(Key._fields)  # where the resolution begins, in a row of `resolved`
KEYS = """
    select distinct
        provider_name, coalesce(response_model, request_model), deployment_id, service_tier, is_batch, speed,
        inference_geo, search_context_size
    from requests
"""


def load_prices(store: Store, book: Book) -> None:
    """Make `priced_requests` and what stands on it, at the prices of `book`."""
    store.execute(VIEWS.read_text(encoding="utf-8"))
    resolver = Resolver(book)
    resolved = [(*key, *resolver.resolve(key)) for key in (Key(*row) for row in store.rows(KEYS))]
    insert(store, "resolved", resolved)
    used = {rule_id for row in resolved if isinstance(rule_id := row[RULE_ID], int)}
    insert(store, "prices", rows_of(book, sorted(used)))


def insert(store: Store, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Insert rows in one statement: as columns of text, cast by the table."""
    columns = list(zip(*rows, strict=True))
    if columns:
        texts = [[None if value is None else str(value) for value in column] for column in columns]
        lists = ", ".join(f"unnest($c{i}::varchar[])" for i in range(len(texts)))
        store.execute(f"insert into {table} select {lists}", {f"c{i}": text for i, text in enumerate(texts)})
