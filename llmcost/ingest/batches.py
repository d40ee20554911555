"""Cut the files of an ingest into batches, and bring each batch into the shape that DuckDB reads."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace

from llmcost.ingest.aside import setting_aside
from llmcost.ingest.measured import GrownError, held_to_measure
from llmcost.ingest.options import Options
from llmcost.ingest.recognise import Recognised
from llmcost.ingest.recovery import commit_readable
from llmcost.ingest.sources import copy_of_lines
from llmcost.ingest.spool import spool
from llmcost.ingest.summary import Summary
from llmcost.store import Store

# DuckDB commits a second batch into a begun table far more slowly than a first one: few and large is fastest.
BATCH_BYTES = 1024 * 1024 * 1024


def size_of(item: Recognised) -> int:
    """Count the bytes to read."""
    return item.source.end - item.source.start


def batches(items: list[Recognised]) -> Iterator[list[Recognised]]:
    """Cut the files into batches of up to 1 GB, at least one file each."""
    batch: list[Recognised] = []
    size = 0
    for item in items:
        if batch and size + size_of(item) > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += size_of(item)
    if batch:
        yield batch


def load(store: Store, batch: list[Recognised], folder: str, options: Options, summary: Summary) -> int:
    """Commit one batch, add what it came to to the summary, and return its number of rows."""
    with tempfile.TemporaryDirectory(dir=folder) as copies:
        batch = held_to_measure(in_shape(batch, copies, summary), copies)
        while True:
            if not batch:
                return 0
            try:
                batch, rows, found = commit_readable(store, batch, copies, options, summary)
                break
            except GrownError:
                batch = held_to_measure(batch, copies)
    summary.files += len(batch)
    summary.formats.update(item.format.name for item in batch)
    summary.summed += [item.source.path for item in batch if item.format.has_sums]
    summary.unfinished += [i.source.path for i in batch if i.shape == "lines" and i.source.end < i.source.size]
    summary.add(found)
    for item in batch:
        summary.passed_over.update({(item.format.name, why): count for why, count in item.source.others.items()})
    return rows


def in_shape(batch: list[Recognised], copies: str, summary: Summary) -> list[Recognised]:
    """Bring the files of a batch into the shape that DuckDB reads; one that cannot be is set aside."""
    ready = []
    for item in batch:
        with setting_aside(item.source.path, item.source.is_named, summary):
            ready.append(readable(item, copies))
    return ready


def readable(item: Recognised, copies: str) -> Recognised:
    """Bring a source into the shape that DuckDB reads: JSON lines from the first byte to the last."""
    source = item.source
    if item.shape != "lines" or item.is_wrapped:
        wrapped = item.format if item.is_wrapped else None
        return replace(item, source=spool(source, item.shape, wrapped, copies))
    if source.compression == "none" and (source.start, source.end) != (0, source.size):
        return replace(item, source=copy_of_lines(source, copies))
    return item
