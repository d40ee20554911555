"""From the words of a bill to a model of the book: `gpt-4o-2024-08-06, cached input`, `Claude Opus 4.6`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from llmcost.pricing import Book, Key, Resolver
from llmcost.reconcile.bill import Bill, Line

SEARCH = "web search"


def is_search(name: str) -> bool:
    """Tell whether a line of a bill is for web searches."""
    return SEARCH in name.lower().replace("_", " ")


def spellings(name: str) -> Iterator[str]:
    """Give what may be the model's id in a name: whole, without the meter, its first word, its words joined."""
    name = name.split(" | ")[-1].strip()
    bare = re.split(r", | - | Usage\b", name)[0].strip()
    yield from (name, bare, bare.split(" ")[0])
    yield re.sub(r"[ .]+", "-", bare.lower())


def name_of(line: Line, provider: str | None, resolver: Resolver) -> str | None:
    """Name a line as our requests are named: the book's model, else what the bill calls it without its meter."""
    if line.other == SEARCH:
        return SEARCH
    for name in line.names:
        for spelling in spellings(name):
            found = resolver.resolve(Key(provider, spelling, None, None, False, None, None))
            if found.model:
                return found.model
    return line.other.split(" | ")[-1].split(", ")[0] if line.other else None


def named(bill: Bill, book: Book) -> list[tuple[Line, str | None]]:
    """Name every line of a bill."""
    resolver = Resolver(book)
    names = {(line.names, line.other): line for line in bill.lines}
    found = {key: name_of(line, bill.provider, resolver) for key, line in names.items()}
    return [(line, found[line.names, line.other]) for line in bill.lines]
