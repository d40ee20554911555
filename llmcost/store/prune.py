"""Requests before a day taken out of a store, and what they came to kept: sums whose cost is what theirs was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import resources
from typing import TYPE_CHECKING

from llmcost.pricing import Book, price_rows
from llmcost.store.rewrite import ORDER, Rewritten, rewrite

if TYPE_CHECKING:
    from llmcost.store.connection import Store

SUMMARIZE = resources.files("llmcost.store") / "summarize.sql"
# what there is of requests before a moment, and since when
OLD = "select count(*), min(started_at) from requests where started_at < $1"


def summarize(store: Store, book: Book, before: datetime) -> int:
    """Make the summaries of requests before a moment, as the table `pruned` of the connection; count them.

    The book says where prices change, so that no summary has requests of two prices.
    """
    priced = store.price(book)
    store.bind(priced.tables)
    sizes = sorted({row.tier_over for row in price_rows(book)})
    query = SUMMARIZE.read_text(encoding="utf-8")
    store.execute(f"create or replace temp table pruned as {query}", {"before": before, "sizes": sizes})
    return int(store.value("select count(*) from pruned"))


def prune(store: Store, before: datetime, say: Callable[[str], None]) -> Rewritten:
    """Put summaries that were made in the place of the requests that they are of; see `rewrite`."""
    moment = f"timestamp '{before.isoformat(sep=' ')}'"
    kept = f"from requests where started_at >= {moment} {ORDER}"
    return rewrite(store, say, {"requests": kept, "summaries": "by name from summaries union all by name from pruned"})


def oldest(store: Store, before: datetime) -> tuple[int, datetime | None]:
    """Count the requests before a moment, and give the first one's time."""
    ((count, first),) = store.rows(OLD, [before])
    return count, first
