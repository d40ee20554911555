"""Files of one format as the view `records`, and its query over them as rows of `requests`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby

import duckdb

from llmcost.ingest.format import Columns, Format, duckdb_columns, parsed_columns, required_columns
from llmcost.ingest.joint import Joint, joined
from llmcost.ingest.ledger import enter_files
from llmcost.ingest.recognise import Recognised
from llmcost.ingest.sources import MAX_LINE_BYTES
from llmcost.store import Store
from llmcost.store.quote import literal

# What DuckDB raises for a line or a file: JSON reader, cast, macro, column, decompression.
REFUSALS = (
    *(duckdb.InvalidInputException, duckdb.DataError, duckdb.IntegrityError, duckdb.IOException),
    UnicodeDecodeError,  # a message of DuckDB that quotes the log and cuts it inside a character
)
PassedOver = Counter[tuple[str, str]]
Reader = tuple[str, str, str, str]


class RefusedError(Exception):
    """DuckDB refused a line of the files of one reader; those of the readers before it were taken. It has a cause."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        self.reader = reader


UNLISTED = "error('passed over for a reason that passes_over does not list')"


def reader_of(item: Recognised) -> Reader:
    """Tell which files one statement can read together."""
    return item.format.name, item.format.projection, item.source.compression, item.time_type


def by_reader(batch: list[Recognised]) -> Iterator[tuple[Reader, list[Recognised]]]:
    """Sort files by what reads them."""
    for reader, group in groupby(sorted(batch, key=reader_of), key=reader_of):
        yield reader, list(group)


def insert(store: Store, group: list[Recognised], folder: str) -> PassedOver:
    """Run a format's query over files of that format; count what it passed over by format and reason.

    Copies that this takes are made in a folder.
    """
    with joined(group, folder) as joint:
        create_records(store, group, joint)
        return insert_records(store, group[0].format)


def insert_records(store: Store, format: Format) -> PassedOver:
    """Run a format's query over `records`; count what it passed over, on the way."""
    query = held_to_contract(format)
    if not format.passes_over:
        store.execute(f"insert into requests by name {query}")
        return Counter()
    reasons = dict(enumerate(format.passes_over))
    for at in reasons:
        store.execute(f"create or replace temp sequence passed_over_{at} minvalue 0 start 0")
    # a table between the query and the requests, to count in, would take a fifth longer and one core
    counting = " ".join(
        f"when {literal(reason)} then nextval('passed_over_{at}') < 0" for at, reason in reasons.items()
    )
    is_request = f"case when passed_over is null then true else case passed_over {counting} else {UNLISTED} end end"
    store.execute(f"insert into requests by name select * exclude (passed_over) from ({query}) where {is_request}")
    counts = ((reason, int(store.value(f"select nextval('passed_over_{at}')"))) for at, reason in reasons.items())
    return Counter({(format.name, reason): count for reason, count in counts if count})


def held_to_contract(format: Format) -> str:
    """Write a format's query so that DuckDB binds it only if it gives every column that it must."""
    # to replace a column by itself changes nothing, but cannot be done to one that is not there
    named = ", ".join(f"{name} as {name}" for name in required_columns(format))
    return f"select * replace ({named}) from ({format.query}\n)"


def refused(store: Store, group: list[Recognised], folder: str) -> Exception | None:
    """Insert files of one reader alone and take them back; return what DuckDB raises, if it refuses one."""
    store.execute("begin")
    try:
        enter_files(store, group)
        insert(store, group, folder)
    except REFUSALS as error:
        return error
    finally:
        store.execute("rollback")
    return None


def create_records(store: Store, group: list[Recognised], joint: Joint) -> None:
    """Make `records`, what a format's query reads: its columns, and of the file: id, modified_at, content_key."""
    create_sources(store, group, joint)
    names = ", ".join("'" + glob_escaped(file).replace("'", "''") + "'" for file in joint.files)
    first = group[0]
    format = first.format
    columns = read_columns(store, format)
    own = "llmcost_file" + (f", {joint.key}" if joint.key else "")
    read_as = f"coalesce(lines.{joint.key}, lines.llmcost_file)" if joint.key else "lines.llmcost_file"
    picked = format.projection or f"lines.* exclude ({own})"
    parsed = "".join(f", {column}" for column in parsed_columns(format))
    # DuckDB's buffers take a line of twice this size
    store.execute(
        f"""
        create or replace temp view records as
        select {picked}, files.file_id, sources.modified_at, sources.content_key::ubigint as content_key{parsed}
        from (
            select *{unread(store, format)}
            from read_ndjson(
                [{names}], columns = {duckdb_columns(with_place(columns, joint), first.time_type)},
                filename = 'llmcost_file', compression = '{"none" if joint.key else first.source.compression}',
                maximum_object_size = {MAX_LINE_BYTES // 2}
            )
        ) as lines
        join sources on {read_as} = sources.read_as
        join files on sources.path = files.path
        """
    )


def create_sources(store: Store, group: list[Recognised], joint: Joint) -> None:
    """Make `sources`: what lines say of the file that they are of, its path, its time and what it begins with."""
    rows = [
        (
            str(at) if at in joint.copied else item.source.readable,
            item.source.path,
            datetime.fromtimestamp(item.source.modified_ns / 1e9, UTC).replace(tzinfo=None),
            item.source.content_key,
        )
        for at, item in enumerate(group)
    ]
    store.execute(
        """
        create or replace temp table sources as
        select
            unnest($1::varchar[]) as read_as, unnest($2::varchar[]) as path, unnest($3::timestamp[]) as modified_at,
            unnest($4::ubigint[]) as content_key
        """,
        [list(column) for column in zip(*rows, strict=True)],
    )


def with_place(columns: Columns, joint: Joint) -> Columns:
    """Read as well which file a line of a copy is of."""
    return columns | ({joint.key: "text"} if joint.key else {})


def read_columns(store: Store, format: Format) -> Columns:
    """Leave out what holds content where none is wanted, so that it is not even parsed."""
    return {key: kind for key, kind in format.columns.items() if kind != "content" or wants_text(store)}


def unread(store: Store, format: Format) -> str:
    """Stand in for the columns that are left out."""
    left_out = format.columns.keys() - read_columns(store, format).keys()
    return "".join(f', cast(null as varchar) as "{key}"' for key in format.columns if key in left_out)


def wants_text(store: Store) -> bool:
    """Tell whether content is hashed; `begin_hashing` has set it."""
    return bool(store.value("select getvariable('content_key') is not null"))


def glob_escaped(path: str) -> str:
    """Take the meaning from the glob characters of a file's name."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)
