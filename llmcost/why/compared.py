"""Which two times are compared, and what is to be known of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from llmcost.counts import part_of
from llmcost.errors import InputError
from llmcost.report import Coverage
from llmcost.report.compare import Windows, spans_line, windows
from llmcost.report.span import MOMENT, Span
from llmcost.store import Filters

WEEK = timedelta(days=7)


def compared(filters: Filters, compare: str, span: Span) -> Windows:
    """Choose the two times. Raises InputError where all logs are of one, UsageError where one has no logs."""
    if span.first == span.last:
        raise InputError("all requests began at one moment", hint="two times are compared: ingest logs of another")
    if filters.since is None and filters.until is None:
        filters = default_windows(filters, span)
    return windows(compare, filters, span)


def default_windows(filters: Filters, span: Span) -> Filters:
    """Choose what is now where nobody says: the last seven days of the logs, or their second half."""
    end = span.last + MOMENT
    # rounded up, so that the first request is in the half before
    return replace(filters, since=end - min(WEEK, (end - span.first + MOMENT) / 2), until=end)


def notes(sides: Windows, before: Coverage) -> Iterator[str]:
    """Say which times these are, and what of the earlier one has no price."""
    yield spans_line(sides)
    if not before.is_complete:
        priced = part_of(before.priced_requests, before.requests, "request")
        yield f"before: {priced} had a cost; what had none then and has one now looks as if it began"
