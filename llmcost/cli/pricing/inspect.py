"""`llmcost pricing check`: what of a book deserves a look."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from llmcost.cli.days import today
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import BookTable
from llmcost.counts import counted
from llmcost.errors import UsageError
from llmcost.pricing import load_book
from llmcost.pricing.inspect import Finding, findings
from llmcost.render import Table

COLUMNS = ("finding", "provider", "model", "from_day", "detail", "place")
HIDE_WHEN_NARROW = ("place", "from_day")
# of so many findings of one kind a person wants the number
MOST_ALIKE = 10


def run_check(reading: BookTable, file: Path | None) -> int:
    """Print what of a book deserves a look; a file that is not a book is refused before."""
    if file is not None and not file.is_file():
        raise UsageError(f"{file}: no such price book")
    book = load_book([file]) if file else reading.book
    found = list(findings(book, today()))
    is_short = reading.output_format in ("table", "md")
    rows = [tuple(finding) for finding in (together(found) if is_short else found)]
    shared = envelope("pricing check", book)
    write(Table("What deserves a look", COLUMNS, rows, {}, shared, HIDE_WHEN_NARROW), reading)
    return 0


def together(found: list[Finding]) -> list[Finding]:
    """Put many findings of one kind into one line with their number."""
    counts = Counter(finding.kind for finding in found)
    few = [finding for finding in found if counts[finding.kind] <= MOST_ALIKE]
    many = [
        Finding(kind, "", counted(count, "price"), None, f"{example(found, kind)}; -f json lists all", "")
        for kind, count in counts.items()
        if count > MOST_ALIKE
    ]
    return [*few, *many]


def example(found: list[Finding], kind: str) -> str:
    """Take what the findings of a kind say, or where they differ, whose the first one is."""
    alike = [finding for finding in found if finding.kind == kind]
    details = {finding.detail for finding in alike}
    return alike[0].detail if len(details) == 1 else f"such as {alike[0].provider} {alike[0].model}: {alike[0].detail}"
