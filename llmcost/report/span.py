"""What time the logs speak of: from the first request of a store to its last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from llmcost.store import Engine, Filters

# a window is full where so little of it has no request at its ends
SLACK = 100
MOMENT = timedelta(microseconds=1)
# summaries of pruned requests count as many as they are of
TIMES = """
    with
        times as (
            select min(started_at) as first_at, max(started_at) as last_at, count(*) as requests from requests
            union all
            select min(started_at), max(started_at), sum(requests) from summaries
        )
    select min(first_at), max(last_at), cast(sum(requests) as bigint) from times
"""


@dataclass(frozen=True)
class Span:
    """The first and the last start of a request, naive UTC, and how far apart they are on average."""

    first: datetime
    last: datetime
    gap: timedelta = timedelta(0)


def logged(engine: Engine) -> Span | None:
    """Give the span of all requests of a store, whatever is asked for; None where there are none."""
    ((first, last, count),) = engine.run(TIMES).rows
    return None if first is None else Span(first, last, (last - first) / max(count - 1, 1))


def clipped(filters: Filters, span: Span) -> Filters | None:
    """Cut a window, which has both ends, to what the logs cover; None where they do not reach it.

    An end that is no further from the logs than requests are from each other is covered.
    """
    since, until = filters.since, filters.until
    if since is None or until is None or span.last < since or span.first >= until:
        return None
    slack = max((until - since) / SLACK, span.gap)
    return replace(
        filters,
        since=since if span.first - since <= slack else span.first,
        until=until if until - span.last <= slack else span.last + MOMENT,
    )


def days_of(filters: Filters) -> float:
    """Measure a window, which has both ends, in days of 24 hours."""
    if filters.since is None or filters.until is None:
        return 0.0
    return (filters.until - filters.since) / timedelta(days=1)


def describe(moment: datetime, zone: tzinfo) -> str:
    """Write a moment for people, in a zone."""
    return f"{moment.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}"
