"""Which format a file's records are of: a vote of the first of them, or of what they wrap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from llmcost.ingest.format import Format, Record, formats
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
    if not format.required and "not a model call" in format.passes_over:
        return False
    others = (
        not format.claims(record) and (not format.required or any(record.get(key) is None for key in format.required))
        for record in records
    )
    return sum(others) * 2 > len(records)


def is_known(record: Record) -> bool:
    """Tell whether any format claims a record."""
    return any(format.claims(record) for format in formats().values())


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
    claims = {name: format.claims(record) for name, format in candidates.items()}
    most = max(claims.values(), default=0)
    return [name for name, marks in claims.items() if marks == most > 0]
