"""`llmcost doctor`: what the logs are, what they hold, and what they lack."""

from __future__ import annotations

from pathlib import Path

from llmcost.cli.books import open_book
from llmcost.cli.notes import note
from llmcost.cli.reading import book_line, format_of, open_store, write
from llmcost.doctor import examine
from llmcost.doctor.examine import COLUMNS
from llmcost.errors import InputError
from llmcost.render import Table


def run_doctor(paths: tuple[str, ...], db: Path, format: str | None, output: Path | None, pricing: Path | None) -> int:
    """Print what the checks found on stdout; what could not be read goes to stderr."""
    chosen = format_of(format, output)
    book = open_book(pricing)
    with open_store(paths, db) as store:
        if not store.value("select count(*) from ingests"):
            raise InputError(f"{db}: the store is empty", hint="llmcost ingest PATH fills it")
        rows = examine(store, book)
    envelope = {
        "schema_version": 1,
        "command": "doctor",
        "pricing": {"sha256": book.sha256, "checked": None if book.checked is None else str(book.checked)},
    }
    write(Table("What these logs hold", COLUMNS, rows, {}, envelope), chosen, output)
    note(book_line(book))
    return 0
