"""Load price book files as one book; the shipped one lies inside the installed package."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TypeVar

from llmcost.compiled import compiled, keep, key_of
from llmcost.errors import PriceBookError
from llmcost.pricing.book import Book, Model, Provider
from llmcost.pricing.entries import read_adjust, read_deployment, read_model, read_provider
from llmcost.pricing.loader import only, read_yaml, section
from llmcost.pricing.waste import CacheRule, Substitute, Unbilled
from llmcost.pricing.waste_entries import read_billing, read_cache_rules, read_substitutes

FORMAT = "llmcost-pricing/1"
SECTIONS = {
    *("format", "currency", "sources", "providers", "models", "deployments", "adjust"),
    *("billing", "cache_rules", "substitutes"),
}
# bytes of a file that takes longer to read than a cache
LARGE = 20_000
BYTES = "pricing.book"
# what reads them
CODE = sorted(Path(__file__).parent.glob("*.py"))
Entry = TypeVar("Entry", Model, Unbilled, CacheRule, Substitute)


def shipped_book_path() -> Path:
    """Find the book that comes with llmcost: inside the installed package, or beside it in a checkout."""
    package = Path(str(resources.files("llmcost")))
    inside = package / "pricing.yaml"
    return inside if inside.exists() else package.parent / "pricing.yaml"


def load_book(paths: Sequence[Path]) -> Book:
    """Load price books as one; a later file replaces whole models of the earlier ones.

    Raises PriceBookError, its message beginning with FILE:LINE, for anything that is not the format.
    """
    books = [read_book(path) for path in paths]
    providers = {p.id: p for book in books for p in book.providers}
    ids = names_of(providers.values(), paths[-1])
    models = {}
    for model in (m for book in books for m in book.models):
        named = owned(model, ids)
        models[named.provider, model.model] = named
    days = [book.checked for book in books if book.checked]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    return Book(
        providers=tuple(providers.values()),
        models=tuple(models.values()),
        deployments=tuple(d for book in reversed(books) for d in book.deployments),
        adjust=tuple(a for book in books for a in book.adjust),
        billing=layered((book.billing for book in books), ids),
        cache_rules=layered((book.cache_rules for book in books), ids),
        substitutes=layered((book.substitutes for book in books), ids),
        checked=max(days, default=None),
        sha256=digest,
    )


def layered(layers: Iterable[tuple[Entry, ...]], ids: dict[str, str]) -> tuple[Entry, ...]:
    """Put the entries of later books first, each with its provider's id."""
    return tuple(owned(entry, ids) for layer in reversed(list(layers)) for entry in layer)


def owned(entry: Entry, ids: dict[str, str]) -> Entry:
    """Give an entry its provider's id, where it has another name of it."""
    provider = entry.provider and ids.get(entry.provider.lower(), entry.provider)
    # to make thousands of entries anew takes longer than to read them
    return entry if provider == entry.provider else replace(entry, provider=provider)


def names_of(providers: Iterable[Provider], path: Path) -> dict[str, str]:
    """Give the id behind each name of a provider; a name of two would take the prices of one for the other's."""
    ids: dict[str, str] = {}
    for provider in providers:
        for name in dict.fromkeys(text.lower() for text in (provider.id, *provider.names)):
            if name in ids:
                raise PriceBookError(f"{path}:1: {name} is a name of both {ids[name]} and {provider.id}")
            ids[name] = provider.id
    return ids


def read_book(path: Path) -> Book:
    """Read one file; a large one, half a second's work, from what was made of it before."""
    if path == shipped_book_path():
        return read_shipped(path, path.stat().st_mtime_ns)
    # what is not there is refused where it is read
    if not path.is_file() or path.stat().st_size < LARGE:
        return parse_book(path)
    return compiled(f"{path.name}.book", [path], CODE, Book, lambda: parse_book(path))


@cache
def read_shipped(path: Path, modified_ns: int) -> Book:
    """Read the shipped book as it was at a time; it may have been made into bytes where it lay elsewhere."""
    return compiled(BYTES, [path], CODE, Book, lambda: parse_book(path, path.name))


def compile_shipped_book(file: Path) -> None:
    """Write the shipped book as the bytes that a wheel carries."""
    path = shipped_book_path()
    keep(file, key_of([path]), parse_book(path, path.name))


def parse_book(path: Path, name: str | None = None) -> Book:
    """Read one file; `name` is what its places are called by."""
    top = read_yaml(path, name).mapping(SECTIONS, "the book")
    if "format" not in top:
        raise PriceBookError(f"{path}:1: no `format`", hint=f"the first line of a book is `format: {FORMAT}`")
    if top["format"].text("format") != FORMAT:
        raise top["format"].refuse(f"`format` is not {FORMAT}")
    if "currency" in top and top["currency"].text("currency") != "USD":
        raise top["currency"].refuse("the `currency` must be USD")
    sources = top["sources"].pairs("sources") if "sources" in top else {}
    models = [read_model(node) for node in section(top, "models")]
    seen: set[tuple[str, str]] = set()
    for node, model in zip(section(top, "models"), models, strict=True):
        if (model.provider, model.model.lower()) in seen:
            raise node.refuse(f"{model.provider} {model.model} stands here a second time")
        seen.add((model.provider, model.model.lower()))
    providers = [read_provider(node) for node in section(top, "providers")]
    for at, node in enumerate(section(top, "providers")):
        if providers[at].id in [provider.id for provider in providers[:at]]:
            raise node.refuse(f"provider {providers[at].id} stands here a second time")
    return Book(
        providers=tuple(providers),
        models=tuple(models),
        deployments=tuple(read_deployment(node) for node in section(top, "deployments")),
        adjust=tuple(read_adjust(node) for node in section(top, "adjust")),
        billing=read_billing(top),
        cache_rules=read_cache_rules(top),
        substitutes=read_substitutes(top),
        checked=only(sources, "checked", lambda node: node.day("checked")),
        sha256="",
    )
