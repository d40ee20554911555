"""`llmcost doctor`: what the logs are, what they hold, and what they lack."""

from __future__ import annotations

from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import Reading
from llmcost.cli.stores import empty_store, open_store
from llmcost.doctor import examine
from llmcost.doctor.examine import COLUMNS
from llmcost.pricing.book import book_line
from llmcost.render import Table


def run_doctor(reading: Reading) -> int:
    """Print what the checks found on stdout; what could not be read goes to stderr."""
    book = reading.book
    with open_store(reading.paths, reading.db) as store:
        if not store.value("select count(*) from ingests"):
            raise empty_store(reading.db)
        # logs that it has read itself it has read with their texts
        rows = examine(store, book, hashes_text=bool(reading.paths) or None)
    write(Table("What these logs hold", COLUMNS, rows, {}, envelope("doctor", book)), reading)
    note(book_line(book))
    return 0
