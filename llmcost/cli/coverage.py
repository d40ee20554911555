"""What the costs of a result speak of, on stderr: the price book, and how many requests it priced and why not all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmcost.cli.notes import note
from llmcost.counts import agreeing, part_of
from llmcost.errors import IncompleteError
from llmcost.pricing.book import book_line
from llmcost.report.completeness import coverage_lines

if TYPE_CHECKING:
    from llmcost.pricing import Book
    from llmcost.report import Coverage


def print_coverage(book: Book, covered: Coverage, *, strict: bool) -> None:
    """Say on stderr which book priced how much; raises IncompleteError under --strict where it is not all."""
    for line in [book_line(book), *coverage_lines(covered)]:
        note(line)
    if strict and not covered.requests:
        raise IncompleteError("--strict: there are no requests")
    if strict:
        refuse_incomplete(covered)


def refuse_incomplete(covered: Coverage) -> None:
    """Raise IncompleteError where a request has no cost."""
    if not covered.is_complete:
        missing = covered.requests - covered.priced_requests
        raise IncompleteError(
            f"--strict: {part_of(missing, covered.requests, 'request')} {agreeing(missing, 'has', 'have')} no cost"
        )
