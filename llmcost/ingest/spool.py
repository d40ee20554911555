"""Copy what is not JSON lines of one format into such lines, and remember where each record began."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import replace

from llmcost.ingest.format import Format
from llmcost.ingest.json_text import NotJson, decode, encode
from llmcost.ingest.shapes import records_of
from llmcost.ingest.sources import Bound, Source, numbered_lines, temporary
from llmcost.ingest.wrappers import found_in

# what stands beside records in a wrapper, or between them in a file or a stream
ANOTHER_KIND, STREAM_EVENT = "of another kind", "a stream event without usage"


def spool(source: Source, shape: str, wrapped: Format | None, folder: str) -> Source:
    """Write the records of a source as JSON lines, remembering the line of each.

    Of a `wrapped` format the records are looked for in what the file holds; what holds none is counted.
    """
    bound = Bound(source)
    others: Counter[str] = Counter()
    numbers = array("Q")
    with temporary(folder) as out:
        for number, text in numbered_lines(source) if shape == "lines" else records_of(source, shape):
            bound.take(len(text))
            for line in [text.rstrip(b"\r\n")] if wrapped is None else contents(text, wrapped, others):
                out.write(line + b"\n")
                numbers.append(number)
    return replace(source, readable=out.name, compression="none", line_numbers=numbers, others=others)


def contents(text: bytes, format: Format, others: Counter[str]) -> list[bytes]:
    """Write the records in a line or a document, and count what holds none; what is not JSON is kept, to be named."""
    if not text.strip():
        return []
    try:
        record = decode(text)
    except NotJson:
        return [text.rstrip(b"\r\n")]
    found = found_in(record, format)
    if not found.records:
        others[STREAM_EVENT if format.stands_beside(record) else ANOTHER_KIND] += 1
    elif found.others:
        others[ANOTHER_KIND] += found.others
    return [encode(inner) for inner in found.records]
