"""Names that somebody may have meant: a misspelt model or column is refused with what is nearest to it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from llmcost.errors import UsageError
from llmcost.pricing.book import Book
from llmcost.pricing.resolve import Key, Resolver

MOST_NEAR = 3


def nearest(text: str, known: Iterable[str]) -> list[str]:
    """Choose the names that a text may have meant, whatever their case, the nearest first."""
    by_fold = {name.casefold(): name for name in known}
    return [by_fold[name] for name in get_close_matches(text.casefold(), by_fold, MOST_NEAR)]


def nearest_hint(text: str, known: Iterable[str], otherwise: str) -> str:
    """Write the nearest names as a hint, or what helps where none is near."""
    near = nearest(text, known)
    return f"nearest: {', '.join(near)}" if near else otherwise


def among(text: str, known: Iterable[str], listed: str = "one of") -> str:
    """Write all names that there are as a hint, after those that a text may have meant; for lists that can be read."""
    names = list(known)
    near = nearest(text, names)
    every = f"{listed} {', '.join(names)}"
    return f"nearest: {', '.join(near)}; {every}" if near else every


def sellers_of(book: Book, name: str) -> list[str]:
    """Name the providers that the book has a model of this name for, in the order of their ids."""
    resolver = Resolver(book)
    ids = sorted({provider.id for provider in book.providers} | {model.provider for model in book.models})
    keys = {id: Key(id, name, None, None, False, None, None) for id in ids}
    return [id for id, key in keys.items() if not borrows(resolver, key)]


def borrows(resolver: Resolver, key: Key) -> bool:
    """Tell whether a provider has no price of its own for a name."""
    found = resolver.resolve(key)
    return found.rule_id is None or len(found.owner) > 1


def check_model(book: Book, name: str, option: str) -> None:
    """Refuse a model that nobody in the book sells. Raises UsageError with the nearest names."""
    resolver = Resolver(book)
    anyones = resolver.resolve(Key(None, name, None, None, False, None, None))
    if anyones.rule_id is None and not sellers_of(book, name):
        names = (model.model for model in book.models)
        raise UsageError(
            f"{option} {name}: no such model in the price book",
            hint=nearest_hint(name, names, "llmcost pricing list shows what there is"),
        )
