"""Which price books count: the shipped one, the nearest pricing.local.yaml, --pricing; a later one wins."""

from __future__ import annotations

from pathlib import Path

from llmcost.errors import UsageError
from llmcost.pricing import Book, load_book, shipped_book_path

LOCAL = Path("pricing.local.yaml")


def open_book(pricing: Path | None) -> Book:
    """Load the books that count as one."""
    if pricing is not None and not pricing.is_file():
        raise UsageError(f"{pricing}: no such price book")
    own = [path for path in (own_book_path(), pricing) if path and path.is_file()]
    return load_book([shipped_book_path(), *own])


def own_book_path() -> Path:
    """Find a team's own book in the current folder or the nearest one above; without one, where it would stand."""
    candidates = [LOCAL, *(folder / LOCAL for folder in Path.cwd().parents)]
    return next((path for path in candidates if path.is_file()), LOCAL)
