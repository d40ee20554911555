"""The ledger: which files were read in which state, and which of their lines were rejected."""

from __future__ import annotations

from datetime import UTC, datetime

from llmcost.ingest.recognise import Recognised
from llmcost.store import Store

Reject = tuple[str, int, str]


def enter_files(store: Store, batch: list[Recognised]) -> None:
    """Write the ledger: a file that was read before keeps its id, and its old rejects go."""
    next_id = int(store.value("select coalesce(max(file_id), 0) from files"))
    known = dict(store.rows("select path, file_id from files"))
    rows = []
    for item in batch:
        source = item.source
        file_id = known.get(source.path) or (next_id := next_id + 1)
        rows.append((file_id, source.path, item.format.name, source.size, source.modified_ns, source.inode))
    store.execute(
        """
        create or replace temp table batch as
        select
            unnest($1::integer[]) as file_id, unnest($2::varchar[]) as path, unnest($3::varchar[]) as format,
            unnest($4::bigint[]) as size_bytes, unnest($5::bigint[]) as modified_ns, unnest($6::ubigint[]) as inode
        """,
        [list(column) for column in zip(*rows, strict=True)],
    )
    store.execute("delete from rejects where file_id in (select file_id from batch)")
    store.execute("delete from files where file_id in (select file_id from batch)")
    now = datetime.now(UTC).replace(tzinfo=None)
    store.execute("insert into files select *, $1 from batch", [now])


def enter_rejects(store: Store, rejects: list[Reject]) -> None:
    """Keep the rejected lines: file, line, reason."""
    if rejects:
        store.execute(
            """
            insert into rejects
            select file_id, line, reason
            from (
                select unnest($1::varchar[]) as path, unnest($2::bigint[]) as line, unnest($3::varchar[]) as reason
            )
            join files using (path)
            """,
            [list(column) for column in zip(*rejects, strict=True)],
        )
