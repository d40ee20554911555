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

# so many records, evenly spread, must all be of one format, or so many of more if a log has other lines by its nature
FEW, MORE = 8, 32


def settled(texts: list[bytes]) -> tuple[Format, list[Record]] | None:
    """Tell the format of lines and give those that were read for it; None where all must vote."""
    texts = [text for text in texts if text and not text.isspace()]
    if len(texts) <= 2 * FEW:
        # few are soon read: all of them vote, and are of one mind or not
        records = decoded(texts)
        format = agreed(records, 1) if len(records) == len(texts) else None
        return (format, records) if format else None
    records = decoded(spread(texts, FEW))
    format = agreed(records)
    if format is None:
        records = decoded(spread(texts, MORE))
        format = agreed([record for record in records if best(record, formats())], FEW)
        return (format, records) if format and not can_be_mixed(format) else None
    return (format, records) if are_alike(texts, keys_of(format.name)) else None


def spread(texts: list[bytes], count: int) -> list[bytes]:
    """Take so many texts, or all, from the first to the last in equal steps."""
    last = len(texts) - 1
    return [texts[at] for at in dict.fromkeys(step * last // (count - 1) for step in range(count))]


def decoded(texts: list[bytes]) -> list[Record]:
    """Read the texts that are JSON objects."""
    records: list[Record] = []
    for text in texts:
        with suppress(NotJson):
            record: Any = decode(text)
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


def are_alike(texts: list[bytes], keys: list[bytes]) -> bool:
    """Tell whether each line has one of the keys somewhere."""
    # nearly always all have the same one, which is soon seen
    if any(len([1 for text in texts if key in text]) == len(texts) for key in keys):
        return True
    return all(any(key in text for key in keys) for text in texts)
