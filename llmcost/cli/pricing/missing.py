"""`llmcost pricing missing`: what has no price, and entries to be filled in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from llmcost.cli.coverage import print_coverage
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write, write_text
from llmcost.cli.reading import Reading
from llmcost.counts import counted
from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.pricing.files import FORMAT
from llmcost.pricing.write import scalar
from llmcost.render import Table
from llmcost.report import coverage, queries

COLUMNS = (
    *("provider", "model", "service_level", "reason", "requests", "input_tokens", "output_tokens"),
    *("first_day", "last_day", "advice"),
)
HIDE_WHEN_NARROW = ("last_day", "first_day", "output_tokens", "input_tokens", "advice", "service_level")
ADVICE = {
    "unknown provider": "name it under `providers` of pricing.local.yaml, or as one of a provider's `names`",
    "unknown model": "an entry under `models`; a deployment's or profile's name goes under `deployments`",
    "no price for date": "a period with an earlier `from`",
    "no price for context": "a variant for this service level",
    "no rate for a token kind": "the rate that is missing, for instance `output`",
    "no price for searches": "the rate `web_search`, USD per search",
    "no price for file searches": "the fee `file_search` of the model or its provider, USD per call",
    "no price for X searches": "the fee `x_search` of the model or its provider, USD per call",
    "no price for code containers": "the fee `code_interpreter` of the model or its provider, USD per container",
    "no price for map searches": "the fee `map_search` of the model or its provider, USD per search",
    "no price for search sources": "the fee `search_source` of the model or its provider, USD per source",
    "no price for pages": "the fee `page` of the model, USD per page",
    "no price for images": "the fee `image` of the model, USD per image",
    "no price for seconds": "the fee `second` of the model, USD per second",
    "impossible count": "more than 1,000,000,000 tokens, which no model can hold; fix what wrote the log",
    "bad usage": "parts of these requests are more than the whole; llmcost doctor shows more",
}


def run_missing(reading: Reading, stub: Path | None) -> int:
    """Print what has no price; write entries for it where asked to."""
    filters, book = reading.filters, reading.book
    with reading.open() as store:
        scope = store.price(book).scope(filters)
        found = scope.records(queries()["unpriced"])
        covered = coverage(scope)
    shared = envelope("pricing missing", book, filters, covered)
    rows = [row_of(record) for record in found]
    if not covered.requests:
        print_coverage(book, covered, strict=reading.strict)
    elif not rows:
        note("everything that was used has a price")
    write(Table("What has no price", COLUMNS, rows, {}, shared, HIDE_WHEN_NARROW), reading)
    if stub:
        write_stub(stub, found, book)
    return 0


def row_of(record: dict[str, Any]) -> tuple[Any, ...]:
    """Write one line: who, what, why, how much, and what to do."""
    levels = [record[key] for key in ("service_tier", "speed", "inference_geo", "search_context_size")]
    level = ", ".join([*(["batch"] if record["is_batch"] else []), *(value for value in levels if value)])
    reason = record["price_status"]
    counts = (record["requests"], record["input_tokens"], record["output_tokens"])
    name = record["deployment_id"] or record["model_named"] if reason == "unknown model" else record["model_named"]
    times = (record["first_at"].date(), record["last_at"].date())
    return (record["provider_name"], name, level, reason, *counts, *times, ADVICE.get(reason, ""))


def write_stub(path: Path, found: list[dict[str, Any]], book: Book) -> None:
    """Write an entry for every unknown model; what the file already says is not touched."""
    ids = {name: p.id for p in book.providers for name in (p.id, *p.names)}
    missing = {
        (ids.get(record["provider_name"], record["provider_name"]), record["model_named"], record["first_at"].date())
        for record in found
        if record["price_status"] in ("unknown model", "unknown provider")
        and record["provider_name"]
        and record["model_named"]
    }
    if path.exists():
        raise UsageError(f"{path}: is there already", hint="name a new file, then take over what you need")
    lines = [f"format: {FORMAT}", "# USD per 1,000,000 tokens; fill in what is empty, delete what you do not use"]
    unknown = sorted({provider for provider, _, _ in missing} - {p.id for p in book.providers})
    lines += ["providers:", *(f"  - {{id: {scalar(provider)}}}" for provider in unknown)] if unknown else []
    lines += ["models:", *(line for entry in sorted(missing) for line in stub_lines(*entry))]
    write_text((f"{line}\n" for line in lines), path)
    note(f"{path}: {counted(len(missing), 'entry')} to fill in")


def stub_lines(provider: str, model: str, first: object) -> Iterator[str]:
    """Write one entry whose numbers are left to be filled in; until then the loader refuses it."""
    yield f"  - provider: {scalar(provider)}"
    yield f"    model: {scalar(model)}"
    yield "    prices:"
    yield f"      - input:  # first seen {first}"
    yield "        output:"
    yield "        cache_read:"
    yield '        source: ""'
