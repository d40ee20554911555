"""What names carry at their end, and what each means for the price: taken off one by one, in a fixed order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Tail(NamedTuple):
    """An end of a name: what taking it off is called, who writes it (None: anyone), the service level it asks for."""

    pattern: re.Pattern[str]
    how: str
    seller: str | None = None
    context: str = ""


class Form(NamedTuple):
    """A name without some of its tails: what was done to it, and the service level that they ask for."""

    name: str
    how: str = ""
    context: str = ""


TAILS = (
    # a day or "the newest" is one model, as long as the book has no price of that day's own
    Tail(re.compile(r"(.+?)(?:[-@]20\d{6}|[-@]20\d\d-\d\d-\d\d|[-@]latest|-v\d+:\d+)"), "date stripped"),
    # coding agents name the window that they asked for: what is larger costs more by its size alone
    Tail(re.compile(r"(.+?)\[1m\]"), "window stripped"),
    # Bedrock's ids end in a version of the API, the newest ones without ":0"
    Tail(re.compile(r"(.+?)-v\d+"), "version stripped", "aws"),
    # Google numbers the stable versions of a model, as long as the book has no price of that version's own
    Tail(re.compile(r"(.+?)-00\d"), "version stripped", "google"),
    # Vertex calls the only version of a model so
    Tail(re.compile(r"(.+?)@default"), "date stripped", "google"),
    # OpenRouter sorts who may serve it, or leaves the moderation out, at that provider's list price
    Tail(re.compile(r"(.+?):(?:nitro|exacto|floor|beta)"), "routing stripped", "openrouter"),
    # OpenRouter searches the web for each request, for a fee beside the tokens
    Tail(re.compile(r"(.+?):online"), "routing stripped", "openrouter", "plugin=web"),
)


def is_tuned(name: str) -> bool:
    """Tell a fine-tune, which costs more than its base model and is never priced as it."""
    return name.startswith("ft:") or ".ft-" in name or ":ft-" in name


def forms(name: str, seller: str | None = None) -> Iterator[Form]:
    """Give a name as it is, a fine-tune without its owner, then without one tail after the other."""
    yield Form(name)
    if name.startswith("ft:"):
        name = ":".join(name.split(":")[:2])
        yield Form(name)
    how, context = "", ""
    while taken := without_tail(name, seller):
        name, tail = taken
        how, context = tail.how, context or tail.context
        yield Form(name, how, context)


def without_tail(name: str, seller: str | None) -> tuple[str, Tail] | None:
    """Take one tail off, if it is one that this seller writes."""
    for tail in TAILS:
        found = tail.pattern.fullmatch(name)
        if found and tail.seller in (None, seller):
            return found[1], tail
    return None
