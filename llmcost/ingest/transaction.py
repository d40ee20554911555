"""One batch in one transaction: its requests and rejects, what is known of its files, and the duplicates out."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import duckdb

from llmcost.ingest.deduplicate import deduplicate
from llmcost.ingest.ledger import enter_files, enter_ingest, enter_rejects
from llmcost.ingest.measured import check_measured
from llmcost.ingest.options import Options
from llmcost.ingest.recognise import Recognised
from llmcost.ingest.records import REFUSALS, PassedOver, RefusedError, by_reader, insert
from llmcost.ingest.secrets import replace_keys
from llmcost.ingest.sieve import Reject
from llmcost.ingest.summary import Summary
from llmcost.store import Store


def commit(
    store: Store, batch: list[Recognised], rejects: list[Reject], copies: str, options: Options, summary: Summary
) -> tuple[int, Summary]:
    """Insert one batch in one transaction; return the rows that were read, and what they came to.

    `summary` is of the batches before. Raises RefusedError for a line that DuckDB refuses, GrownError where a file has
    grown meanwhile, LimitError where too many lines are bad; the store is then as it was.
    """
    store.execute("begin")
    try:
        rows, found = fill(store, batch, rejects, copies, options)
        options.limit.check(rejects, summary.rejected + found.rejected, summary.read + found.read)
        store.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):  # after a full disk there is nothing left to roll back
            store.execute("rollback")
        raise
    return rows, found


def fill(
    store: Store, batch: list[Recognised], rejects: list[Reject], copies: str, options: Options
) -> tuple[int, Summary]:
    """Insert one batch, and what there is to know of it, within a transaction."""
    mark, before = store.rows("select coalesce(max(rowid), -1), count(*) from requests")[0]
    enter_files(store, batch)
    forget(store, batch)
    passed_over: PassedOver = Counter()
    for reader, group in by_reader(batch):
        try:
            passed_over += insert(store, group, copies)
        except REFUSALS as error:
            raise RefusedError(reader) from error
    check_measured(batch)
    keys = replace_keys(store, mark)
    passed_over += take_out_pruned(store, mark)
    count = int(store.value("select count(*) from requests"))
    deduplicate(store, mark, options.on_duplicate)
    store.assign_name_ids()
    kept, ambiguous = store.rows(
        "select count(*), count(*) filter (rowid > $1 and usage_evidence = 'ambiguous') from requests", [mark]
    )[0]
    enter_rejects(store, rejects)
    found = Summary(new=kept - before, duplicates=count - kept, ambiguous=ambiguous, rejects=rejects)
    found.passed_over, found.keys = passed_over, keys
    enter_ingest(store, found)
    return count - before, found


def take_out_pruned(store: Store, mark: int) -> PassedOver:
    """Take out what was read of days that were pruned: the summaries that were kept may hold it."""
    before = store.value("select max(pruned_before) from summaries")
    if before is None:
        return Counter()
    named = store.rows(
        "select format, count(*) from requests join files using (file_id) "
        "where requests.rowid > $1 and started_at < $2 group by format",
        [mark, before],
    )
    store.execute("delete from requests where rowid > $1 and started_at < $2", [mark, before])
    return Counter({(format, f"before {before:%Y-%m-%d}, which was pruned"): count for format, count in named})


def forget(store: Store, batch: list[Recognised]) -> None:
    """Take out the rows of files that are read again as a whole because they grew."""
    paths = [item.source.path for item in batch if item.source.is_replacement]
    if paths:
        store.execute(
            "delete from requests where file_id in (select file_id from files where list_contains($1, path))", [paths]
        )
