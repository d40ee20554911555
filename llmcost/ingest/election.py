"""Which format a file's records are of: a vote of the first of them, or of what they wrap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from llmcost.ingest.format import Format, Record, formats, fulfils, size
from llmcost.ingest.table import elect_table, own_or_table
from llmcost.ingest.wrappers import outermost


def elect(records: list[Record], wanted: Format | None) -> tuple[bool, Format | None]:
    """Pick the format that claims most records, the more telling one where two claim the same; else of what they wrap.

    Tells, too, whether a file's records have to be looked for: in others, or among others.
    """
    candidates = {wanted.name: wanted} if wanted else formats()
    votes = Counter(name for record in records for name in best(record, candidates))
    if not votes:
        inner = elect_inner(records, candidates)
        return elect_table(records) if inner is None and wanted is None else (inner is not None, inner or wanted)
    format = candidates[votes.most_common(1)[0][0]]
    if wanted is None and (table := own_or_table(format, records)) is not format:
        return False, table
    # of a format that was asked for, a line that is not of it is a bad line
    return is_stream(records, format) or (wanted is None and is_mixed(records, format)), format


def is_stream(records: list[Record], format: Format) -> bool:
    """Tell whether some records are events that only stand beside the format's own."""
    return any(format.stands_beside(record) and not format.claims(record) for record in records)


def is_mixed(records: list[Record], format: Format) -> bool:
    """Tell whether most records are of another kind, which the format's query would take for broken ones."""
    if not can_be_mixed(format):
        return False
    others = (
        not format.claims(record) and (not format.required or any(record.get(key) is None for key in format.required))
        for record in records
    )
    return sum(others) * 2 > len(records)


def can_be_mixed(format: Format) -> bool:
    """Tell whether records of another kind matter: some formats' own logs are full of lines that are no calls."""
    return bool(format.required) or "not a model call" not in format.passes_over


def is_known(record: Record) -> bool:
    """Tell whether any format claims a record."""
    return bool(claims_of(record))


def elect_inner(records: list[Record], candidates: Mapping[str, Format]) -> Format | None:
    """Pick the format of what records wrap: at least half of them hold one, or are a stream's."""
    votes: Counter[str] = Counter()
    events: Counter[str] = Counter()
    holding = 0
    for record in records:
        inner = outermost(record, lambda item: best(item, candidates) != [])
        beside = [name for name, format in candidates.items() if format.stands_beside(record)]
        votes.update(name for item in inner for name in best(item, candidates))
        events.update(beside)
        holding += bool(inner or beside)
    if holding * 2 < len(records) or not holding:
        return None
    return candidates[(votes or events).most_common(1)[0][0]]


def best(record: Record, candidates: Mapping[str, Format]) -> list[str]:
    """Name the formats that claim a record with the most marks."""
    claims = claims_of(record) if candidates is formats() else {f.name: f.claims(record) for f in candidates.values()}
    most = max(claims.values(), default=0)
    found = [name for name, marks in claims.items() if marks == most > 0]
    return found if len(found) < 2 else [name for name in candidates if name in found]


class Alternative(NamedTuple):
    """One way to be known as a format's record: its marks, and how many they are."""

    format: str
    marks: dict[str, Any]
    size: int


def claims_of(record: Record) -> dict[str, int]:
    """Count for each format that claims a record the marks of the longest alternative, as Format.claims does.

    Of some hundred alternatives only those are tried that ask for a key which the record has.
    """
    claims: dict[str, int] = {}
    for alternative in possible(tuple(record)):
        if alternative.size > claims.get(alternative.format, 0) and fulfils(record, alternative.marks):
            claims[alternative.format] = alternative.size
    return claims


@lru_cache(maxsize=4096)
def possible(keys: tuple[str, ...]) -> list[Alternative]:
    """List the alternatives that ask for no other keys than these: the records of a log have few sets of them."""
    found = [alternative for key in ("*", *keys) for alternative in alternatives().get(key, ())]
    return [alternative for alternative in found if alternative.marks.keys() - {"*"} <= set(keys)]


@cache
def alternatives() -> dict[str, list[Alternative]]:
    """List the alternatives of all formats under the one of their keys that the fewest ask for; "*" is any key."""
    every = [Alternative(f.name, marks, size(marks)) for f in formats().values() for marks in f.recognise]
    asked = Counter(key for alternative in every for key in alternative.marks)
    found: dict[str, list[Alternative]] = {}
    for alternative in every:
        keys = [key for key in alternative.marks if key != "*"]
        found.setdefault(min(keys, key=lambda key: (asked[key], key), default="*"), []).append(alternative)
    return found
