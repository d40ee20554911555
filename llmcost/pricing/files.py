"""Load price book files as one book; the shipped one lies inside the installed package."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from llmcost.errors import PriceBookError
from llmcost.pricing.book import Book
from llmcost.pricing.entries import read_adjust, read_deployment, read_model, read_provider
from llmcost.pricing.loader import only, read_yaml, section

FORMAT = "llmcost-pricing/1"


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
    models = {(m.provider, m.model): m for book in books for m in book.models}
    providers = {p.id: p for book in books for p in book.providers}
    days = [book.checked for book in books if book.checked]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    return Book(
        providers=tuple(providers.values()),
        models=tuple(models.values()),
        deployments=tuple(d for book in reversed(books) for d in book.deployments),
        adjust=tuple(a for book in books for a in book.adjust),
        checked=max(days, default=None),
        sha256=digest,
    )


def read_book(path: Path) -> Book:
    """Read one file."""
    keys = {"format", "currency", "sources", "providers", "models", "deployments", "adjust"}
    top = read_yaml(path).mapping(keys, "the book")
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
        if (model.provider, model.model) in seen:
            raise node.refuse(f"{model.provider} {model.model} stands here a second time")
        seen.add((model.provider, model.model))
    return Book(
        providers=tuple(read_provider(node) for node in section(top, "providers")),
        models=tuple(models),
        deployments=tuple(read_deployment(node) for node in section(top, "deployments")),
        adjust=tuple(read_adjust(node) for node in section(top, "adjust")),
        checked=only(sources, "checked", lambda node: node.day("checked")),
        sha256="",
    )
