"""Values for the shell to complete, read from the store as it lies there and from the price books' names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from llmcost.cli.books import own_book_path
from llmcost.cli.places import DEFAULT_DB
from llmcost.columns import COLUMNS
from llmcost.pricing import Book, Key, Resolver, shipped_book_path
from llmcost.pricing.named import load_names
from llmcost.store.peek import peek
from llmcost.store.quote import quoted

MOST_VALUES = 50
MOST_IDS = 20
NAMES = "select distinct provider_name, model_named, deployment_id from names"
# a store of before it had them
UNNAMED = "select distinct provider_name, coalesce(response_model, request_model), null from requests"
DAYS = "select distinct cast(started_at as date) from requests"
VALUES = f"""
    select cast(found as varchar) from ({{asked}})
    where starts_with(cast(found as varchar), $1)
    order by found
    limit {MOST_VALUES}
"""
IDS = """
    (select request_id from requests where starts_with(request_id, $1) limit {most})
    union
    (select response_id from requests where starts_with(response_id, $1) limit {most})
"""


def database(ctx: click.Context) -> Path:
    """Name the store that the line names so far, or the environment, or nobody."""
    return Path(ctx.params.get("db") or DEFAULT_DB)


def values(ctx: click.Context, column: str, begin: str) -> list[str]:
    """List values of a column, at most so many."""
    known = COLUMNS[column]
    if known.fixed:
        return list(known.fixed)
    if column in ("model", "provider"):
        found: Iterable[str] = resolved(ctx, column)
    elif column in ("week", "month"):
        found = days_as(ctx, column)
    elif column in ("file", "format"):
        found = texts(ctx, f"select distinct {'path' if column == 'file' else 'format'} from files")
    elif known.values is None:
        found = ()
    else:
        asked = f"select distinct {known.values or quoted(column)} as found from requests"
        found = texts(ctx, VALUES.format(asked=asked), [begin])
    return sorted(text for text in found if text.startswith(begin))[:MOST_VALUES]


def texts(ctx: click.Context, sql: str, parameters: object = None) -> list[str]:
    """Ask the store for one column of text."""
    return [text for (text,) in peek(database(ctx), sql, parameters) if text]


def days_as(ctx: click.Context, unit: str) -> set[str]:
    """List the weeks or months of the store's days."""
    from llmcost.report.over import day_name

    return {day_name(unit, day) for (day,) in peek(database(ctx), DAYS)}


def resolved(ctx: click.Context, column: str) -> list[str]:
    """List the store's models or providers as reports name them."""
    resolver = Resolver(book_names(ctx))
    found = set()
    for provider, model, deployment in peek(database(ctx), NAMES) or peek(database(ctx), UNNAMED):
        known = resolver.resolve(Key(provider, model, deployment, None, False, None, None))
        found.add((known.model or model) if column == "model" else (known.provider or provider))
    return sorted(text for text in found if text)


def store_models(ctx: click.Context) -> list[str]:
    """List the store's models, at most so many."""
    return resolved(ctx, "model")[:MOST_VALUES]


def book_models(ctx: click.Context, begin: str) -> list[str]:
    """List the book's models that begin so, at most so many."""
    found = {model.model for model in book_names(ctx).models}
    return sorted(name for name in found if name.startswith(begin))[:MOST_VALUES]


def book_names(ctx: click.Context) -> Book:
    """Load the names of the books that count."""
    own = [path for path in (own_book_path(), ctx.params.get("pricing")) if path and Path(path).is_file()]
    return load_names([shipped_book_path(), *map(Path, own)])


def ids(ctx: click.Context, begin: str) -> list[str]:
    """List ids that begin so, at most so many."""
    return sorted(texts(ctx, IDS.format(most=MOST_IDS), [begin]))[:MOST_IDS]
