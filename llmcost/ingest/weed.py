"""Take the lines that are no records of their format out of a file, and leave the others as they stand.

Beside the sieve this costs little: a line that fits beyond doubt is copied unread. What DuckDB refuses all the same,
like a key that stands twice in an object, is left to the sieve.
"""

from __future__ import annotations

from array import array
from dataclasses import replace
from pathlib import Path

from llmcost.ingest.fast_check import fits_of
from llmcost.ingest.recognise import Recognised
from llmcost.ingest.sieve import BadLine, Reject, check_length, closely, excerpt, numbered
from llmcost.ingest.sources import MAX_LINE_BYTES, Bound, temporary


def weed(item: Recognised, folder: str) -> tuple[Recognised, list[Reject]]:
    """Copy the good records of a file; return the copy, and the other lines. A file without any stays as it is."""
    source, rejects = item.source, []
    fits, bound, numbers = fits_of(item.format, item.time_type), Bound(source), array("Q")
    rewritten = 0
    with temporary(folder) as out:
        for number, line in numbered(source):
            if fits(line) and len(line) <= MAX_LINE_BYTES:
                kept = line if line.endswith(b"\n") else line + b"\n"
            else:
                try:
                    check_length(line)
                    kept = closely(line, item.format) + b"\n"
                    rewritten += 1
                except BadLine as bad:
                    rejects.append(Reject(source.path, number, str(bad), excerpt(line, item.format)))
                    continue
            bound.take(len(kept))
            out.write(kept)
            numbers.append(number)
    if not rejects and not rewritten:
        Path(out.name).unlink()
        return item, []
    copy = replace(source, readable=out.name, compression="none", line_numbers=numbers)
    return replace(item, source=copy, time_type="VARCHAR" if rewritten else item.time_type), rejects
