"""Bills that are answers of an API: OpenAI's costs and Anthropic's cost report, one page or several.

OpenAI: `amount.value` in USD, a number or a string. Anthropic: `amount` is a string in cents, "123.45" is $1.2345.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from llmcost.errors import InputError
from llmcost.reconcile.bill import Bill, Line, bill_of, cents, dollars_only, moment, money
from llmcost.reconcile.spelling import SEARCH, is_search

DAY = timedelta(days=1)


def read_pages(pages: list[Any], path: Path) -> Bill | None:
    """Read the pages of one provider; None where they are not a bill."""
    buckets = list(buckets_of(pages, path))
    if not buckets and not (pages and isinstance(pages[0], dict) and "data" in pages[0]):
        return None
    if all("start_time" in bucket for _, bucket in buckets):
        kind, provider, start, end, read = "OpenAI costs", "openai", "start_time", "end_time", openai_line
    elif all("starting_at" in bucket for _, bucket in buckets):
        kind, provider, start, end, read = "Anthropic cost report", "anthropic", "starting_at", "ending_at", claude_line
    else:
        return None
    lines, days = [], []
    for place, bucket in buckets:
        day = day_of(moment(bucket[start], f"{place}.{start}"), bucket.get(end), place)
        days.append(day)
        lines += [read(day, result, inner) for inner, result in results(bucket, place)]
    return bill_of(kind, provider, lines, days, str(path))


def buckets_of(pages: list[Any], path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every bucket of every page, with its place; buckets may stand alone, too."""
    for number, page in enumerate(pages):
        name = f"{path}: page {number + 1}: " if len(pages) > 1 else f"{path}: "
        if isinstance(page, dict) and isinstance(page.get("data"), list):
            yield from ((f"{name}data[{i}]", b) for i, b in enumerate(page["data"]) if isinstance(b, dict))
        elif isinstance(page, dict) and "results" in page:
            yield name.removesuffix(": "), page


def results(bucket: dict[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the charges of a bucket, each with its place."""
    found = bucket.get("results")
    if not isinstance(found, list) or not all(isinstance(result, dict) for result in found):
        raise InputError(
            f"{place}: `results` is not a list of objects", hint="this is a usage answer; ask for the costs"
        )
    yield from ((f"{place}.results[{i}]", result) for i, result in enumerate(found))


def day_of(start: datetime, end: Any, place: str) -> date:
    """Take a bucket's day (UTC); what spans more than one cannot be compared by day."""
    if end is not None and moment(end, place) - start > DAY:
        raise InputError(f"{place}: it spans more than a day", hint="ask for buckets of a day: bucket_width=1d")
    return start.date()


def openai_line(day: date, result: dict[str, Any], place: str) -> Line:
    """Read one result of OpenAI's costs; without `group_by=line_item` it has no name."""
    amount = result.get("amount")
    if not isinstance(amount, dict) or amount.get("value") is None:
        hint = "take GET /v1/organization/costs, not a usage endpoint"
        raise InputError(f"{place}: no `amount.value`", hint=hint)
    dollars_only(amount.get("currency"), f"{place}.amount.currency")
    item = result.get("line_item")
    names = () if item is None else (str(item),)
    return Line(day, money(amount["value"], f"{place}.amount.value"), names, named_search(names))


def claude_line(day: date, result: dict[str, Any], place: str) -> Line:
    """Read one result of Anthropic's cost report; without `group_by[]=description` it has no name."""
    if result.get("amount") is None:
        raise InputError(f"{place}: no `amount`", hint="take GET /v1/organizations/cost_report, not the usage report")
    dollars_only(result.get("currency"), f"{place}.currency")
    names = tuple(str(result[key]) for key in ("model", "description", "cost_type") if result.get(key))
    return Line(day, cents(result["amount"], f"{place}.amount"), names, named_search(names))


def named_search(names: tuple[str, ...]) -> str | None:
    """Name what a charge is for where it is not a model's: a web search by one name for all providers."""
    return SEARCH if any(is_search(name) for name in names) else next(iter(names), None)
