"""What else reads JSON lines into a table: DuckDB as one types it, an orjson loop, Polars, chDB."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import IO, Any

import duckdb
import orjson
import polars as pl
import pyarrow as pa

from llmcost.ingest.format import Columns, formats

COLUMNS: Columns = formats()["litellm"].columns
CHUNK_ROWS = 50_000
TOP = [
    *("id", "trace_id", "call_type", "custom_llm_provider", "status", "model", "model_group", "model_id", "end_user"),
    *("stream", "cache_hit", "startTime", "completionStartTime", "endTime", "response_cost"),
    *("prompt_tokens", "completion_tokens", "total_tokens", "request_tags"),
]
OF_METADATA = [f"user_api_key_{name}" for name in ("hash", "alias", "team_id", "team_alias", "user_id")]
LEAVES = (
    *([pa.string()] * 9 + [pa.bool_()] * 2 + [pa.float64()] * 4 + [pa.int64()] * 3 + [pa.list_(pa.string())]),
    *([pa.string()] * 7 + [pa.int64()] * 3),
)
POLARS = {"number": pl.Float64, "time": pl.Float64, "tokens": pl.Int64, "flag": pl.Boolean, "texts": pl.List(pl.String)}
CLICKHOUSE = {
    **{"number": "Nullable(Float64)", "time": "Nullable(Float64)", "tokens": "Nullable(Int64)"},
    **{"flag": "Nullable(Bool)", "texts": "Array(String)"},
}
CLICKHOUSE_SETTINGS = """input_format_skip_unknown_fields = 1, input_format_json_ignore_unknown_keys_in_named_tuple = 1,
    input_format_json_defaults_for_missing_elements_in_named_tuple = 1, input_format_null_as_default = 1,
    input_format_json_read_objects_as_strings = 1"""
HAS_CHDB = find_spec("chdb") is not None


def read_json_auto(database: Path, files: list[str]) -> None:
    """Store what DuckDB makes of the files by itself: every column."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"create table logs as select * from read_json_auto({files})")


def orjson_loop(database: Path, files: list[str]) -> None:
    """Parse line by line in Python, store by way of Arrow."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("begin")
        for number, path in enumerate(files):
            with Path(path).open("rb") as stream:
                store_chunks(connection, stream, is_first=number == 0)
        connection.execute("commit")


def store_chunks(connection: duckdb.DuckDBPyConnection, stream: IO[bytes], is_first: bool) -> None:
    """Store a file in chunks, so that memory stays small."""
    names = [*TOP, *OF_METADATA, "error_code", "error_class", "cache_read", "cache_write", "reasoning"]
    while lines := list(islice(stream, CHUNK_ROWS)):
        columns = zip(*(leaves(orjson.loads(line)) for line in lines), strict=True)
        arrays = [pa.array(column, kind) for column, kind in zip(columns, LEAVES, strict=True)]
        connection.register("chunk", pa.Table.from_arrays(arrays, names))
        connection.execute("create table logs as from chunk" if is_first else "insert into logs from chunk")
        is_first = False


def leaves(record: dict[str, Any]) -> tuple[Any, ...]:
    """Take the leaves of a record that a request is made of."""
    metadata, error = record["metadata"], record["error_information"]
    usage = metadata["usage_object"]
    inputs, outputs = usage.get("prompt_tokens_details", {}), usage.get("completion_tokens_details", {})
    return (
        *(record[name] for name in TOP),
        *(metadata[name] for name in OF_METADATA),
        error["error_code"],
        error["error_class"],
        usage.get("cache_read_input_tokens", inputs.get("cached_tokens")),
        usage.get("cache_creation_input_tokens"),
        outputs.get("reasoning_tokens"),
    )


def polars(database: Path, files: list[str]) -> None:
    """Let Polars read the columns that llmcost reads, and DuckDB store its frame."""
    frame = pl.scan_ndjson(files, schema={name: polars_type(kind) for name, kind in COLUMNS.items()}).collect()
    with duckdb.connect(str(database)) as connection:
        connection.register("frame", frame)
        connection.execute("create table logs as from frame")


def polars_type(kind: Any) -> Any:
    """Translate a kind of leaf, or a nested mapping of them, into Polars' types."""
    if isinstance(kind, dict):
        return pl.Struct({name: polars_type(inner) for name, inner in kind.items()})
    return POLARS.get(kind, pl.String)


def chdb(database: Path, files: list[str]) -> None:
    """Let ClickHouse read the columns that llmcost reads into a MergeTree."""
    session = importlib.import_module("chdb.session").Session(str(database))
    columns = ", ".join(f"`{name}` {clickhouse_type(kind)}" for name, kind in COLUMNS.items())
    try:
        session.query(f"create table logs ({columns}) engine = MergeTree order by tuple()")
        source = f"file('{Path(files[0]).parent}/*.jsonl', JSONEachRow, '{columns}')"
        session.query(f"insert into logs select * from {source} settings {CLICKHOUSE_SETTINGS}")
    finally:
        session.close()


def clickhouse_type(kind: Any) -> str:
    """Translate the same into ClickHouse's types."""
    if isinstance(kind, dict):
        return f"Tuple({', '.join(f'`{name}` {clickhouse_type(inner)}' for name, inner in kind.items())})"
    return CLICKHOUSE.get(kind, "Nullable(String)")
