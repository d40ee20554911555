"""Numbers with their nouns: 1 request, 1,234 requests."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """Write how many of something there are: 1 request, 2 requests, 2 entries."""
    return f"{count:,} {plural(noun, count)}"


def part_of(part: int, whole: int, noun: str) -> str:
    """Write how many of how many there are: 1 of 1 request, 1 of 20 requests."""
    return f"{part:,} of {counted(whole, noun)}"


def plural(noun: str, count: int) -> str:
    """Put a noun into the plural unless there is exactly one."""
    if count == 1:
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"


def agreeing(count: int, singular: str, several: str) -> str:
    """Choose the form of a word that agrees with a number: has or have, is or are."""
    return singular if count == 1 else several
