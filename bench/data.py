"""The data sets of the bench, each written once into bench/data; delete that folder after changing a generator."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from bench.fat import fat_payloads
from bench.lean import payloads
from bench.shapes import SHAPES

DATA = Path(__file__).parent / "data"
FILES = 4
TINY_FILES = 2_000
TINY_LINES = 5
# a fat line is as long as this many lean ones
FAT = 8


def logs(kind: str, rows: int, data: Path = DATA) -> list[Path]:
    """Name the files of a data set of `rows` lean records, or as many bytes of others; write them if need be."""
    folder = data / f"{kind}-{rows}"
    if not folder.exists():
        print(f"writing {folder.name} ...", file=sys.stderr)
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        write(kind, rows, part, data)
        part.rename(folder)
    return sorted(folder.iterdir())


def write(kind: str, rows: int, folder: Path, data: Path) -> None:
    """Write one data set: generated, or made of the lean one."""
    if kind == "lean":
        write_lines(payloads(rows), rows // FILES, folder, FILES)
    elif kind == "fat":
        write_lines(fat_payloads(rows // FAT), rows // FAT // FILES, folder, FILES)
    elif kind == "tiny":
        write_lines(payloads(TINY_FILES * TINY_LINES), TINY_LINES, folder, TINY_FILES)
    else:
        shape, suffix = SHAPES[kind]
        for path in logs("lean", rows, data):
            shape(path, folder / (path.stem + suffix))


def write_lines(records: Iterator[dict[str, Any]], lines: int, folder: Path, files: int) -> None:
    """Write records as JSON lines into files of so many lines each."""
    for number in range(files):
        with (folder / f"{number:04}.jsonl").open("wb") as out:
            out.writelines(orjson.dumps(next(records), option=orjson.OPT_APPEND_NEWLINE) for _ in range(lines))


def size_of(paths: list[Path]) -> int:
    """Count the bytes of files."""
    return sum(path.stat().st_size for path in paths)
