"""Read logs into a store: files are found and recognised, cut into batches, and committed batch by batch."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Event

from llmcost.ingest.aside import check_anything
from llmcost.ingest.batches import batches, load, size_of
from llmcost.ingest.case_key import CASE_KEY, check_case_key, with_case_key
from llmcost.ingest.content_key import begin_hashing
from llmcost.ingest.find import find
from llmcost.ingest.format import formats
from llmcost.ingest.options import Options
from llmcost.ingest.prepare import prepare, set_zone
from llmcost.ingest.scratch import scratch_folder
from llmcost.ingest.summary import Progress, Summary
from llmcost.store import Store


def ingest(
    store: Store,
    paths: Iterable[str],
    *,
    format: str | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
    ending: Event | None = None,
) -> Summary:
    """Read logs into the store: files, folders, globs or "-", in committed batches of up to 1 GB.

    When `ending` is set the batch that is being read is the last. A file that cannot be read is set aside, see Summary.
    Raises InputError where none can be read or the limit of bad lines is passed, ShelfError where a format's query does
    not give what a request needs.
    """
    summary, paths = Summary(), list(paths)
    options = options or Options(formats()[format] if format else None)
    begin_hashing(store, hashes_text=options.hashes_text)
    set_zone(store, options.zone)
    with scratch_folder() as folder:
        known = find(store, paths, options.format, folder, summary)
        if options.case_key != CASE_KEY:
            check_case_key(options.case_key)
            known = with_case_key(known, options.case_key)
        if known:
            prepare(store, [item.format for item in known], options.case_key, options.memory_limit)
        if progress:
            progress.start(sum(size_of(item) for item in known))
        for batch in batches(known):
            if ending and ending.is_set():
                return summary
            size = sum(size_of(item) for item in batch)
            if progress:
                progress.begin(size)
            rows = load(store, batch, folder, options, summary)
            if progress:
                progress.advance(size, rows)
    check_anything(summary, paths)
    set_zone(store, "UTC")
    return summary
