"""A look at a file of JSON lines that settles most of them: a few of its first records agree, the others are alike.

What a vote of all would decide otherwise is left to that vote: several formats, events of a stream, kinds that mix.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

from llmcost.ingest.election import alternatives, best, can_be_mixed
from llmcost.ingest.format import Format, Record, formats
from llmcost.ingest.json_text import NotJson, decode
from llmcost.ingest.mapping import OWN
from llmcost.ingest.shapes import BOM

# so many records, evenly spread, must all be of one format, or so many of more if a log has other lines by its nature
FEW, MORE = 8, 32
BRACE = ord("{")
# where a line begins and ends in a text
Span = tuple[int, int]


def settled(head: bytes, most: int, is_cut: bool) -> tuple[Format, list[Record]] | None:
    """Tell the format of JSON lines and give the records that were read for it; None where all must vote.

    Of a file's beginning, which may be cut in its last line, at most so many lines are looked at.
    """
    lines = lines_in(head, most, is_cut)
    if not lines or not (first := decoded(head, lines[:1])):
        return None
    if len(lines) <= 2 * FEW:
        # few are soon read: all of them vote, and are of one mind or not
        records = first + decoded(head, lines[1:])
        format = agreed(records, 1) if len(records) == len(lines) else None
        return (format, records) if format else None
    records = first + decoded(head, spread(lines, FEW)[1:])
    format = agreed(records)
    if format is None:
        records = decoded(head, spread(lines, MORE))
        format = agreed([record for record in records if best(record, formats())], FEW)
        return (format, records) if format and not can_be_mixed(format) else None
    return (format, records) if are_alike(head, lines, keys_of(format.name)) else None


def lines_in(head: bytes, most: int, is_cut: bool) -> list[Span]:
    """Find the first lines that are not blank; none where the text does not begin with an object."""
    begin = len(BOM) if head.startswith(BOM) else 0
    if head[begin : begin + 1] != b"{":
        return []
    lines: list[Span] = []
    for _ in range(most):
        end = head.find(b"\n", begin)
        if end < 0:
            if begin < len(head) and not is_cut:
                lines.append((begin, len(head)))
            break
        if end > begin and (head[begin] == BRACE or not head[begin:end].isspace()):
            lines.append((begin, end))
        begin = end + 1
    return lines


def spread(lines: list[Span], count: int) -> list[Span]:
    """Take so many lines, or all, from the first to the last in equal steps."""
    last = len(lines) - 1
    return [lines[at] for at in dict.fromkeys(step * last // (count - 1) for step in range(count))]


def decoded(head: bytes, lines: list[Span]) -> list[Record]:
    """Read the lines that are JSON objects."""
    records: list[Record] = []
    for begin, end in lines:
        with suppress(NotJson):
            record: Any = decode(head[begin:end])
            if isinstance(record, dict):
                records.append(record)
    return records


def agreed(records: list[Record], least: int = FEW) -> Format | None:
    """Give the one format that claims every record, if no other vote could be of another mind."""
    named = {tuple(best(record, formats())) for record in records} if len(records) >= least else set()
    names = named.pop() if len(named) == 1 else ()
    format = formats()[names[0]] if len(names) == 1 else None
    return None if format is None or format.beside or format.name == OWN else format


@cache
def keys_of(format: str) -> list[bytes]:
    """Write the most telling key of each alternative as it stands in a line."""
    every = alternatives().items()
    return [b'"%b"' % key.encode() for key, found in every if any(one.format == format for one in found)]


def are_alike(head: bytes, lines: list[Span], keys: list[bytes]) -> bool:
    """Tell whether each line has one of the keys somewhere."""
    # nearly always all have the same one, which is soon seen
    if any(is_in_each(head, lines, key) for key in keys):
        return True
    return all(any(head.find(key, begin, end) >= 0 for key in keys) for begin, end in lines)


def is_in_each(head: bytes, lines: list[Span], key: bytes) -> bool:
    """Tell whether each line has a key: it is looked for from where it stood in others on, then from the beginning."""
    (first, end), *rest = lines
    nearest = head.find(key, first, end) - first
    for begin, end in rest:
        if nearest < 0:
            return False
        if head.find(key, begin + nearest, end) < 0:
            nearest = head.find(key, begin, end) - begin
    return nearest >= 0
