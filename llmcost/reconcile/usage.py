"""A provider's usage report: tokens by day and model, as OpenAI's and Anthropic's usage APIs give them, beside ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from llmcost.errors import InputError
from llmcost.pricing import Book, Resolver
from llmcost.reconcile.bill import Line, moment
from llmcost.reconcile.invoice import Comparison
from llmcost.reconcile.pages import buckets_of, day_of, results
from llmcost.reconcile.shelves import queries
from llmcost.reconcile.spelling import name_of
from llmcost.store import Engine, Filters, table_of

USAGE = {
    "day": "date",
    "model": "varchar",
    "requests": "bigint",
    "input_tokens": "bigint",
    "cache_read_tokens": "bigint",
    "cache_write_tokens": "bigint",
    "output_tokens": "bigint",
}


@dataclass(frozen=True)
class Used:
    """What a provider counted on a day (UTC) of a model: all input, what of it was cached, and the output."""

    day: date
    model: str | None
    requests: int | None
    input_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class UsageReport:
    """A usage report of one provider; it covers every day of [first_day, last_day]."""

    kind: str
    provider: str
    lines: tuple[Used, ...]
    first_day: date
    last_day: date


def read_usage(pages: list[Any], path: Path) -> UsageReport | None:
    """Read the pages of a usage report; None where they are none."""
    buckets = list(buckets_of(pages, path))
    kinds = {provider_of(bucket) for _, bucket in buckets} - {None}
    if len(kinds) != 1:
        return None
    provider = str(kinds.pop())
    start, end = ("start_time", "end_time") if provider == "openai" else ("starting_at", "ending_at")
    lines, days = [], []
    for place, bucket in buckets:
        if start not in bucket:
            raise InputError(f"{place}: no `{start}`", hint="are these pages of one report?")
        day = day_of(moment(bucket[start], f"{place}.{start}"), bucket.get(end), place)
        days.append(day)
        lines += [used(provider, day, result, inner) for inner, result in results(bucket, place)]
    return report_of(provider, lines, path, days)


def report_of(provider: str, lines: list[Used], path: Path, days: list[date] | None = None) -> UsageReport:
    """Make a report of its lines and the days that it speaks of; one without a day is none."""
    days = days or [line.day for line in lines]
    if not days:
        raise InputError(f"{path}: the report has no day", hint="it is empty; was the period right when it was made?")
    kind = "OpenAI usage" if provider == "openai" else "Anthropic usage report"
    return UsageReport(kind, provider, tuple(lines), min(days), max(days))


def provider_of(bucket: dict[str, Any]) -> str | None:
    """Tell whose usage a bucket holds; None for one that is empty or holds costs."""
    found = bucket.get("results")
    for result in found if isinstance(found, list) else []:
        if isinstance(result, dict) and str(result.get("object", "")).startswith("organization.usage."):
            return "openai"
        if isinstance(result, dict) and "uncached_input_tokens" in result:
            return "anthropic"
    return None


def used(provider: str, day: date, result: dict[str, Any], place: str) -> Used:
    """Read one result; both providers leave out what they did not count."""

    def count(key: str, of: dict[str, Any] = result) -> int:
        return whole(of.get(key), f"{place}.{key}")

    model = result.get("model")
    name = None if model is None else str(model)
    if provider == "openai":
        # audio is counted beside the text
        sent, said = count("input_tokens") + count("input_audio_tokens"), count("output_tokens")
        requests, cached = count("num_model_requests"), count("input_cached_tokens")
        return Used(day, name, requests, sent, cached, 0, said + count("output_audio_tokens"))
    written = result.get("cache_creation")
    parts = written if isinstance(written, dict) else {}
    writes = count("ephemeral_5m_input_tokens", parts) + count("ephemeral_1h_input_tokens", parts)
    reads = count("cache_read_input_tokens")
    return Used(day, name, None, count("uncached_input_tokens") + reads + writes, reads, writes, count("output_tokens"))


def whole(value: Any, place: str) -> int:
    """Read a count; what is not there is 0 in a sum."""
    if value is None:
        return 0
    if not isinstance(value, Decimal) or value != value.to_integral_value() or value < 0:
        raise InputError(f"{place}: {str(value)!r} is not a count")
    return int(value)


def compare_usage(engine: Engine, book: Book, report: UsageReport, *, filters: Filters | None = None) -> Comparison:
    """Compare the tokens in the store with those that a provider counted, by day and model of the days it covers.

    Requests of another provider are left out; those whose provider is unknown count.
    """
    rows = list(named(report, book))
    chosen = {
        "provider": report.provider,
        "first_day": str(report.first_day),
        "last_day": str(report.last_day),
        "is_by_model": any(row[1] is not None for row in rows),
    }
    compared = engine.price(book).scope(filters).derive(queries()["usage"], {"used": table_of(USAGE, rows)}, **chosen)
    tables = {"compared_usage": compared}
    found = engine.run("select * from compared_usage order by day, model nulls last", tables)
    (totals,) = engine.run(queries()["usage_totals"], tables).records
    return Comparison(found.columns, found.rows, totals)


def named(report: UsageReport, book: Book) -> Iterator[tuple[object, ...]]:
    """Give each line with its model named as our requests are."""
    resolver = Resolver(book)
    for line in report.lines:
        names = () if line.model is None else (line.model,)
        model = name_of(Line(line.day, Decimal(0), names, line.model), report.provider, resolver)
        counts = (line.input_tokens, line.cache_read_tokens, line.cache_write_tokens, line.output_tokens)
        yield (line.day, model, line.requests, *counts)
