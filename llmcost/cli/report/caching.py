"""What caches saved, and what they still could, under the view of caches."""

from __future__ import annotations

from llmcost.cli.detectors import run_detectors
from llmcost.detect import findings
from llmcost.errors import InputError
from llmcost.pricing import Book
from llmcost.render.money import dollars, range_of
from llmcost.report import Report
from llmcost.store import Filters, Store

MOST_TO_SEARCH = 2_000_000
DETECTOR = "prompt-tax"
STILL = "still to be saved by caches"


def caching_lines(store: Store, book: Book, filters: Filters, result: Report) -> list[str]:
    """Say what caches saved and, as `detect prompt-tax` finds it, could save; in very many requests it is not run."""
    saved = result.totals["cache_saved_usd"]
    said = [f"saved by caches: {dollars(saved)}"] if saved is not None else []
    if result.coverage.requests > MOST_TO_SEARCH:
        return [*said, f"{STILL}: llmcost detect {DETECTOR}"]
    return [*said, f"{STILL}: {still_to_save(store, book, filters)}"]


def still_to_save(store: Store, book: Book, filters: Filters) -> str:
    """Say what caches could save, or why that is not known."""
    try:
        totals = findings(run_detectors(store, book, filters, DETECTOR)).totals
    except InputError as error:
        return f"not known; {error.message}"
    if totals["saving_usd"] is None:
        return "not known" if totals["requests"] else "nothing found"
    best, span = dollars(totals["saving_usd"]), range_of(totals["saving_low_usd"], totals["saving_high_usd"])
    return f"{best} ({span}), see llmcost detect {DETECTOR}"
