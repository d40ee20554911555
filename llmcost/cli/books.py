"""Which price books count: the shipped one, pricing.local.yaml beside the work, and --pricing, later ones winning."""

from __future__ import annotations

from pathlib import Path

from llmcost.errors import UsageError
from llmcost.pricing import Book, load_book, shipped_book_path

LOCAL = Path("pricing.local.yaml")


def open_book(pricing: Path | None) -> Book:
    """Load the books that count as one."""
    if pricing is not None and not pricing.is_file():
        raise UsageError(f"{pricing}: no such price book")
    own = [path for path in (LOCAL if LOCAL.is_file() else None, pricing) if path]
    return load_book([shipped_book_path(), *own])
