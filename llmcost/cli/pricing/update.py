"""`llmcost pricing diff` and `update`: a source against the book."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from llmcost.cli.books import own_book_path
from llmcost.cli.days import today
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, write, write_text
from llmcost.cli.reading import TableOptions
from llmcost.counts import counted
from llmcost.errors import UsageError
from llmcost.pricing import Book, load_book, shipped_book_path
from llmcost.pricing.agreement import Agreement, agreement, names_of
from llmcost.pricing.book import Model
from llmcost.pricing.edit import edited, verify
from llmcost.pricing.files import read_book
from llmcost.pricing.nearest import nearest_hint
from llmcost.pricing.sources import Source
from llmcost.pricing.sources.genai_prices import read_genai_prices
from llmcost.pricing.sources.litellm import read_installed, read_litellm
from llmcost.pricing.update import Change, changes, period_at
from llmcost.render import Table
from llmcost.render.money import exact

SHOWN = 20
COLUMNS = (
    *("change", "provider", "model", "from_day", "level", "over_tokens", "rate", "book", "source", "held_back"),
    *("book_source", "book_checked"),
)
HIDE_WHEN_NARROW = ("book_source", "book_checked", "held_back", "over_tokens", "level", "from_day")


def run_diff(table: TableOptions, source: str, to: Path | None) -> int:
    """Print every rate in which a source differs."""
    found = read_source(source)
    book, day = book_with(to or own_book_path()), today()
    known = names_of(book)
    rows = [
        (*row, *proof_of(known.get((change.model.provider, change.model.model.lower())), day))
        for change in changes(book, found.models, day, frozenset())
        for row in rows_of(change)
    ]
    agreed = agreement(book, found.models, day)
    counts = {name: {"compared": both.compared, "equal": both.equal} for name, both in agreed.items()}
    shared = envelope("pricing diff") | {"source": found.name, "agreement": counts}
    write(Table(f"Where {found.name} differs", COLUMNS, rows, {}, shared, HIDE_WHEN_NARROW), table)
    for line in agreeing_lines(agreed):
        note(line)
    print_left_out(found)
    return 0


def proof_of(model: Model | None, day: date) -> tuple[str | None, date | None]:
    """Say where the book's price of a day is from, and when it was looked at."""
    period = period_at(model, day) if model else None
    return (period.source, period.checked) if period else (None, None)


def agreeing_lines(agreed: Mapping[str, Agreement]) -> Iterator[str]:
    """Say of how many prices that both have how many are equal, the providers with differences first."""
    compared, equal = (sum(getattr(both, name) for both in agreed.values()) for name in ("compared", "equal"))
    yield f"compared: {counted(compared, 'price')} that both name, {equal:,} equal"
    for name, both in sorted(agreed.items(), key=lambda item: (item[1].equal - item[1].compared, item[0])):
        if both.equal < both.compared:
            yield f"compared: {name}: {both.equal:,} of {both.compared:,} equal"
    if same := [name for name, both in sorted(agreed.items()) if both.equal == both.compared]:
        yield f"compared: all equal: {', '.join(same)}"


def run_update(source: str, to: Path | None, providers: Sequence[str], corrections: frozenset[str], yes: bool) -> int:
    """Change the book and say how; 1 if something was held back."""
    to = to or own_book_path()
    found = read_source(source)
    book = book_with(to)
    wanted = list(changes(book, selected(found, book, providers), today(), corrections))
    held_back = [] if yes else [change for change in wanted if change.is_suspect]
    taken = [change for change in wanted if change not in held_back]
    if taken:
        replace_file(to, taken)
    for line in describe(taken, held_back, to):
        print(line)
    print_left_out(found)
    return 1 if held_back else 0


def read_source(source: str) -> Source:
    """Read a source by its name or its file."""
    if source == "genai-prices":
        return read_genai_prices()
    if source == "litellm":
        return read_installed()
    path = Path(source)
    if not path.is_file():
        raise UsageError(
            f"{source}: no such source", hint="genai-prices, litellm, a LiteLLM price file, or another book"
        )
    if path.suffix == ".json":
        return read_litellm(path)
    return Source(path.name, list(read_book(path).models))


def selected(found: Source, book: Book, providers: Sequence[str]) -> list[Model]:
    """Take the models of the providers asked for; without any, of those that the book knows."""
    known = {model.provider for model in book.models} | {provider.id for provider in book.providers}
    there = {model.provider for model in found.models}
    for provider in providers:
        if provider not in there:
            hint = nearest_hint(provider, there, "pricing diff lists what it says")
            raise UsageError(f"--provider {provider}: {found.name} has no such provider", hint=hint)
    return [model for model in found.models if model.provider in (providers or known)]


def book_with(to: Path) -> Book:
    """Load what counts today: the shipped book, unless it is the one to change, and the file over it."""
    shipped = shipped_book_path()
    is_shipped = to.exists() and to.samefile(shipped)
    return load_book([shipped, *([to] if to.exists() and not is_shipped else [])])


def replace_file(path: Path, taken: Sequence[Change]) -> None:
    """Write the changed book elsewhere, read it back, and only then put it in its place."""
    try:
        text = edited(path, taken)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    with tempfile.TemporaryDirectory(prefix="llmcost-") as folder:
        fresh = Path(folder) / path.name
        fresh.write_text(text, encoding="utf-8")
        verify(fresh, path, taken)
    write_text([text], path)


def rows_of(change: Change) -> Iterator[tuple[object, ...]]:
    """Write a change as rows: one for each rate, or one for the model."""
    head = (change.kind, change.model.provider, change.model.model, change.start)
    if not change.differences:
        yield (*head, None, None, None, None, None, False)
    for d in change.differences:
        over = d.tier_over if d.tier_over >= 0 else None
        yield (*head, d.context or "standard", over, d.rate, d.ours, d.theirs, d.is_suspect)


def describe(taken: Sequence[Change], held_back: Sequence[Change], to: Path) -> Iterator[str]:
    """Say what was changed, and what was not and why."""
    for change in taken[:SHOWN]:
        yield f"{change.kind}: {change.model.provider} {change.model.model}{dated(change)}{rates(change)}"
    if len(taken) > SHOWN:
        yield f"... and {len(taken) - SHOWN} more"
    for change in held_back:
        yield f"held back: {change.model.provider} {change.model.model}{rates(change)}; --yes takes it"
    kinds = {kind: sum(1 for change in taken if change.kind == kind) for kind in dict.fromkeys(c.kind for c in taken)}
    parts = ", ".join(f"{count:,} x {kind}" for kind, count in kinds.items())
    yield f"{to}: {parts}" if taken else f"{to}: nothing to change"


def dated(change: Change) -> str:
    """Say from when a price holds."""
    return f" from {change.start}" if change.start else ""


def rates(change: Change) -> str:
    """Write the standard rates that differ, old and new."""
    shown = [d for d in change.differences if not d.context and d.tier_over < 0] or change.differences[:1]
    parts = [f"{d.rate} {say(d.ours)} -> {say(d.theirs)}" for d in shown if d.ours is None or d.rate != "reasoning"]
    return f": {', '.join(parts)}" if parts else ""


def say(rate: Decimal | None) -> str:
    """Write a rate, or that there is none."""
    return "none" if rate is None else exact(rate)


def print_left_out(found: Source) -> None:
    """Say on stderr what of the source llmcost has no place for."""
    if found.left_out:
        parts = ", ".join(f"{name} ({count})" for name, count in found.left_out.most_common())
        note(f"left out of {found.name}: {parts}")
