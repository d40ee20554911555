"""The lean logs again as other files: compressed, Parquet, an array, with bad lines."""

from __future__ import annotations

import gzip
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa

DIRTY_SHARE = 0.003
Spoil = Callable[[bytes], bytes]

SPOILS: list[Spoil] = [
    lambda line: line[: len(line) * 2 // 3] + b"\n",
    lambda line: line.replace(b'"call_type":"', b'"call_type":"\xc3\x28', 1),
    lambda line: line.replace(b'"response_cost":', b'"response_cost":"much","was":', 1),
    lambda line: line.replace(b'"startTime":', b'"startTime":true,"was":', 1),
]


def write_gz(source: Path, target: Path) -> None:
    """Compress with gzip at its usual level."""
    with source.open("rb") as lines, gzip.open(target, "wb", compresslevel=6) as out:
        shutil.copyfileobj(lines, out, 1 << 20)


def write_zst(source: Path, target: Path) -> None:
    """Compress with zstd at its usual level."""
    with source.open("rb") as lines, pa.CompressedOutputStream(str(target), "zstd") as out:
        shutil.copyfileobj(lines, out, 1 << 20)


def write_parquet(source: Path, target: Path) -> None:
    """Let DuckDB infer nested columns and write them."""
    with duckdb.connect() as connection:
        lines = connection.read_json(
            str(source), format="newline_delimited", maximum_depth=-1, map_inference_threshold=-1
        )
        lines.write_parquet(str(target), compression="zstd")


def write_array(source: Path, target: Path) -> None:
    """Write one JSON array, a record a line."""
    with source.open("rb") as lines, target.open("wb") as out:
        out.write(b"[")
        for number, line in enumerate(lines):
            out.write((b",\n" if number else b"\n") + line.rstrip(b"\n"))
        out.write(b"\n]\n")


def write_dirty(source: Path, target: Path) -> None:
    """Spoil 3 lines in 1,000: cut, no UTF-8, a cost in words, a time that is none."""
    chance = random.Random(source.name)
    with source.open("rb") as lines, target.open("wb") as out:
        out.writelines(chance.choice(SPOILS)(line) if chance.random() < DIRTY_SHARE else line for line in lines)


SHAPES = {
    "gz": (write_gz, ".jsonl.gz"),
    "zst": (write_zst, ".jsonl.zst"),
    "parquet": (write_parquet, ".parquet"),
    "array": (write_array, ".json"),
    "dirty": (write_dirty, ".jsonl"),
}
