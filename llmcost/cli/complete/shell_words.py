"""Bash cuts words at = and : before it asks what completes them; here they are put together again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

CUTS = re.compile(r"[=:]+")
QUOTES = ("'", '"')
SPECIAL = re.compile(r"([^\w@%+=:,./!-])")


class Line(NamedTuple):
    """The words before the one that is completed, that one, and what of its value bash has already."""

    words: list[str]
    present: str
    begin: str

    def answer(self, text: str) -> str:
        """Write a completion as bash takes it: what it has not yet, with backslashes unless a quote is open."""
        rest = text.removeprefix(self.begin)
        return rest if self.present.startswith(QUOTES) else SPECIAL.sub(r"\\\1", rest)


def rejoin(pieces: Sequence[str], at: int) -> Line:
    """Put together bash's pieces of a line; the one at this place is completed."""
    whole, begin = list(together(pieces[:at])), ""
    present = pieces[at] if at < len(pieces) else ""
    if CUTS.fullmatch(present) and whole:
        begin = present = whole.pop() + present
    elif present and whole and at and CUTS.fullmatch(pieces[at - 1]):
        begin = whole.pop()
        present = begin + present
    if begin.startswith("-"):
        # the value alone is completed
        begin = begin.partition("=")[2]
    return Line(whole, present, begin)


def together(pieces: Sequence[str]) -> Iterator[str]:
    """Join the pieces of each word."""
    word = ""
    for piece in pieces:
        if word and piece and (CUTS.fullmatch(piece) or CUTS.fullmatch(word[-1])):
            word += piece
            continue
        if word:
            yield word
        word = piece
    if word:
        yield word
