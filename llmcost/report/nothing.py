"""Why a selection is empty: which condition or which bound leaves no request, and what there is instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from llmcost.pricing.nearest import nearest
from llmcost.report.span import Span, describe, logged
from llmcost.store import Filters, Priced
from llmcost.store.where import escaped, read_condition

MOST_LISTED = 6
MOST_LOOKED_AT = 5000


def why_nothing(priced: Priced, filters: Filters) -> str:
    """Say in one line why no request is asked for."""
    span = logged(priced.engine)
    if span is None:
        return "the store is empty"
    return outside(span, filters) or unmatched(priced, filters) or apart(priced, filters)


def outside(span: Span, filters: Filters) -> str:
    """Say where the window lies beside the logs, nothing where it does not."""
    if filters.since is not None and filters.since > span.last:
        last, since = describe(span.last, filters.zone), describe(filters.since, filters.zone)
        return f"the store ends {last}, before --since {since}"
    if filters.until is not None and filters.until <= span.first:
        first, until = describe(span.first, filters.zone), describe(filters.until, filters.zone)
        return f"the store begins {first}, after --until {until}"
    return ""


def unmatched(priced: Priced, filters: Filters) -> str:
    """Name the conditions that no request of any time meets, with the nearest values that there are."""
    found = []
    # those that name a column twice with = hold together
    for group in grouped(filters.where):
        if not has(priced, replace(filters, since=None, until=None, where=group)):
            found.append(f"no request has {' or '.join(group)}{instead(priced, filters, group)}")
    return "; ".join(found)


def grouped(where: Iterable[str]) -> list[tuple[str, ...]]:
    """Put conditions together that are alternatives of each other."""
    groups: dict[tuple[str, str], list[str]] = {}
    for text in where:
        condition = read_condition(text)
        groups.setdefault((condition.column, condition.operator), []).append(text)
    return [tuple(texts) for texts in groups.values()]


def instead(priced: Priced, filters: Filters, group: tuple[str, ...]) -> str:
    """Name values of a column that are near to those asked for, or some of all."""
    conditions = [read_condition(text) for text in group]
    if conditions[0].operator != "=":
        return ""
    known = values_of(priced, replace(filters, since=None, until=None, where=()), conditions[0].column)
    if not known:
        return f"; none has any {conditions[0].column}"
    asked = [value.text for condition in conditions for value in condition.values]
    near = list(dict.fromkeys(name for text in asked for name in nearest(text, known)))
    if near:
        return f"; nearest: {', '.join(near)}"
    more = f", ... {len(known)} in all" if len(known) > MOST_LISTED else ""
    return f"; there are {', '.join(known[:MOST_LISTED])}{more}"


def values_of(priced: Priced, filters: Filters, column: str) -> list[str]:
    """List the values of a column as conditions write them."""
    asked = "select distinct cast(group_1 as varchar) as found from scope where group_1 is not null"
    found = priced.scope(filters, (column,)).rows(f"{asked} order by found limit {MOST_LOOKED_AT}")
    return [escaped(name) for (name,) in found]


def apart(priced: Priced, filters: Filters) -> str:
    """Say what of a selection that is empty in all there is by itself."""
    window = " ".join(
        f"{word} {describe(moment, filters.zone)}"
        for word, moment in (("from", filters.since), ("until", filters.until))
        if moment
    )
    groups = grouped(filters.where)
    if not groups:
        return f"the store has no request {window}"
    asked = " and ".join(" or ".join(group) for group in groups)
    if not has(priced, replace(filters, since=None, until=None)):
        return f"no request has all of {asked}, though each by itself is there"
    first, last = seen(priced, replace(filters, since=None, until=None))
    return (
        f"no request has {asked} {window}; those that do go from {describe(first, filters.zone)} "
        f"to {describe(last, filters.zone)}"
    )


def has(priced: Priced, filters: Filters) -> bool:
    """Tell whether any request is of a selection."""
    return not priced.scope(filters).is_empty


def seen(priced: Priced, filters: Filters) -> tuple[datetime, datetime]:
    """Give the first and the last start of a selection that is not empty."""
    ((first, last),) = priced.scope(filters).rows("select min(started_at), max(started_at) from scope")
    return first, last


def budget_hint(priced: Priced, filters: Filters, column: str, value: str) -> str:
    """Say which values are near to a budget's name that no request has."""
    return instead(priced, filters, (f"{column}={escaped(value)}",))
