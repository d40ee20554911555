"""Files of one format as the view `records`, and its query over them as rows of `requests`."""

from __future__ import annotations

from datetime import UTC, datetime

from llmcost.ingest.recognise import Recognised
from llmcost.ingest.sieve import MAX_LINE_BYTES
from llmcost.store import Store


def reader_of(item: Recognised) -> tuple[str, str, str]:
    """Tell which files one statement can read together."""
    return item.format.name, item.source.compression, item.time_type


def insert(store: Store, group: list[Recognised]) -> None:
    """Run a format's query over files of that format."""
    create_records(store, group)
    store.execute(f"insert into requests by name {group[0].format.query}")


def create_records(store: Store, group: list[Recognised]) -> None:
    """Make `records`, what a format's query reads: its columns, and of the file: id, modified_at, content_key."""
    store.execute("create or replace temp table sources as select unnest($1, recursive := true)", [
        [
            {
                "readable": item.source.readable,
                "path": item.source.path,
                "modified_at": datetime.fromtimestamp(item.source.modified_ns / 1e9, UTC).replace(tzinfo=None),
                "content_key": item.source.content_key,
            }
            for item in group
        ]
    ])  # fmt: skip
    names = ", ".join("'" + glob_escaped(item.source.readable).replace("'", "''") + "'" for item in group)
    first = group[0]
    store.execute(
        f"""
        create or replace temp view records as
        select lines.* exclude (filename), file_id, modified_at, sources.content_key::ubigint as content_key
        from read_ndjson(
            [{names}], columns = {first.format.duckdb_columns(first.time_type)}, filename = true,
            compression = '{first.source.compression}', maximum_object_size = {MAX_LINE_BYTES}
        ) as lines
        join sources on lines.filename = sources.readable
        join files on sources.path = files.path
        """
    )


def glob_escaped(path: str) -> str:
    """Take the meaning from the glob characters of a file's name."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)
