"""A log that somebody still writes is read up to where it ended when it was measured, and no further.

DuckDB reads a file to its living end, where half a line may stand. So a file that does not grow is read where it
lies, and of one that grew meanwhile what was measured is copied, and read again.
"""

from __future__ import annotations

import os
from dataclasses import replace

from llmcost.ingest.recognise import Recognised
from llmcost.ingest.sources import Source, copy_of_lines


class GrownError(Exception):
    """Somebody wrote into a file while it was read: it may have been read past its measured end."""


def has_grown(source: Source) -> bool:
    """Tell whether lines that are read where they lie are more than were measured."""
    try:
        return source.readable == source.path and os.stat(source.path).st_size > source.size  # noqa: PTH116
    except OSError:
        return False


def check_measured(batch: list[Recognised]) -> None:
    """Raise GrownError where a file of a batch that was just read has grown meanwhile."""
    if any(has_grown(item.source) for item in batch):
        raise GrownError


def held_to_measure(batch: list[Recognised], folder: str) -> list[Recognised]:
    """Copy what was measured of the files that have grown."""
    return [
        replace(item, source=copy_of_lines(item.source, folder)) if has_grown(item.source) else item for item in batch
    ]
