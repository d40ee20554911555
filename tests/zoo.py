"""Odd files as they lie beside logs: each is made at a path, and none holds a request that the good logs do not."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import socket
import sqlite3
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet

from tests.conftest import FIXTURES

GOOD = (FIXTURES / "litellm.jsonl").read_bytes()
MB = 1_000_000
TEXTS = {
    "progress with bare CR": b"a 10%\ra 20%\rdone\n",
    "a table with bare CR": b'id,model,price\r1,"a\rb",3\r2,b,4\r',
    "a table whose quote never ends": b'id,name,price\n1,"' + b"x" * 40 * MB,
    "a table with a wide row": b"id,name,price\n" + b"," * 3 * MB + b"\n",
    "a header alone": b"id,name,price\n",
    "sales": b"day;shop;sum\n2026-10-01;north;12,50\n",
    "nginx": b'10.0.0.1 - - [01/Oct/2026:00:00:01 +0000] "GET /v1/models HTTP/1.1" 200 612 "-" "curl/8.5"\n' * 50,
    "syslog": b"Oct  1 00:00:01 host systemd[1]: Started llm-proxy.service, model, tokens, cost.\n" * 50,
    "postgres": b"2026-10-01 00:00:01.123 UTC [42] LOG:  statement: select id, model, tokens from t;\n" * 50,
    "a stack trace": b'Traceback (most recent call last):\n  File "a.py", line 3, in f\nKeyError: {"id": 1}\n',
    "another service's JSON": b'{"level":"info","ts":1759276801.5,"msg":"started","model":"gpt"}\n' * 50,
    "docker's own": b'{"log":"GET / 200\\n","stream":"stdout","time":"2026-10-01T00:00:01Z"}\n' * 50,
    "logfmt": b"time=2026-10-01T00:00:01Z level=info model=gpt-4o tokens=12\n" * 50,
    "package.json": json.dumps({"name": "app", "dependencies": {"openai": "^4.0.0"}}, indent=2).encode(),
    "a web page": b"<!doctype html><title>model, tokens, cost</title><script>var a = [{}];</script>\n",
    "a notebook": json.dumps({"cells": [{"cell_type": "code", "source": ["a"]}], "nbformat": 4}, indent=1).encode(),
    "settings": b"model: gpt-4o\nkeys:\n  - id: 1\n",
    "UTF-16": b"\xff\xfe" + "a log of Windows\r\n".encode("utf-16-le"),
    "Latin-1": "prix, modèle, coût, somme\n1 € = ...\n".encode("latin-1", "replace"),
    "empty": b"",
    "blank lines": b"\n \n\r\n",
    "a byte order mark alone": b"\xef\xbb\xbf",
    "NULs": bytes(100_000),
    "one quote": b'"',
    "one brace": b"{",
    "a hundred thousand brackets": b"[" * 100_000,
    "a hundred thousand braces": b'{"a":' * 100_000,
    "numbers": b"1\n2\n3\n",
    "an empty list": b"[]\n",
    "a line of 40 MB": b"x" * 40 * MB,
    "a text of 40 MB in a list": b'["' + b"\\x" * 20 * MB + b'"]',
    "a record of 40 MB in a list": b'[\n{"a": "' + b"x" * 40 * MB + b'"}]',
    "a program": b"\x7fELF\x02\x01\x01" + bytes(9) + os.urandom(4096),
    "noise": b"\x89" + os.urandom(100_000),
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + os.urandom(1000),
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
    "a pickle": pickle.dumps({"id": 1, "model": "gpt-4o"}),
    "bzip2": bz2.compress(GOOD),
    "xz": lzma.compress(GOOD),
    "gzip that is cut": gzip.compress(GOOD)[:40],
    "gzip that is noise": b"\x1f\x8b\x08\x00" + os.urandom(1000),
    "gzip of nothing": gzip.compress(b""),
    "zstd that is cut": b"\x28\xb5\x2f\xfd" + os.urandom(6),
    "Parquet's first bytes": b"PAR1",
    "Parquet that is noise": b"PAR1" + os.urandom(1000) + b"PAR1",
}
NAMES = {
    "bytes that are no UTF-8": b"caf\xe9-\xff.jsonl",
    "a quote": b'it\'s "a" log.jsonl',
    "a line's end": b"two\nlines\r.jsonl",
    "an escape": b"\x1b[31mred\x07.jsonl",
    "a glob": b"[a-z]*?.jsonl",
    "a backslash": b"a\\xffb.jsonl",
    "two hundred letters": b"x" * 200,
}


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jsonl", GOOD)


def tarred(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("a.jsonl")
        entry.size = len(GOOD)
        archive.addfile(entry, io.BytesIO(GOOD))


def sqlite(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table t as select 1 as id, 'gpt-4o' as model")
    connection.close()


def duckdb_file(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table requests as select 1 as id")


def other_parquet(path: Path) -> None:
    pa.parquet.write_table(pa.table({"id": [1, 2], "shop": ["a", "b"]}), path)


def cut_parquet(path: Path) -> None:
    other_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])


def parquet_bomb(path: Path) -> None:
    """Write 20,000 rows of 20 MB each into 50 kB: all rows name one text."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), pa.array(["x" * 20 * MB]))
    pa.parquet.write_table(pa.table({"id": [str(at) for at in range(20_000)], "model": texts}), path)


def gzip_bomb(begin: bytes, filling: bytes) -> Callable[[Path], None]:
    """Write what unpacks to 1.2 GB: members of gzip that are one after the other are one text."""

    def make(path: Path) -> None:
        member = gzip.compress(filling * (10 * MB // len(filling)))
        path.write_bytes(gzip.compress(begin) + member * 120)

    return make


def zstd_bomb(path: Path) -> None:
    """Write a list that unpacks to 1.2 GB of spaces."""
    with path.open("wb") as file, pa.CompressedOutputStream(file, "zstd") as out:
        out.write(b"[\n")
        for _ in range(120):
            out.write(b" " * 10 * MB)


def deep_folder(path: Path) -> None:
    """Make folders in folders, deeper than Python likes to call itself."""
    here = os.open(path.parent, os.O_RDONLY)
    for name in (path.name, *["d"] * 1500):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def listening(path: Path) -> None:
    """Make a socket; its whole path would be too long."""
    before = Path.cwd()
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.chdir(before)


def looping(path: Path) -> None:
    path.mkdir()
    (path / "again").symlink_to(path, target_is_directory=True)
    (path / "notes.txt").write_bytes(b"nothing\n")


MADE: dict[str, Callable[[Path], None]] = {
    "zip": zipped,
    "tar.gz": tarred,
    "SQLite": sqlite,
    "DuckDB": duckdb_file,
    "Parquet of another table": other_parquet,
    "Parquet that is cut": cut_parquet,
    "a Parquet bomb": parquet_bomb,
    "a bomb of spaces": gzip_bomb(b"", b" "),
    "a bomb in a list": gzip_bomb(b"[\n", b" "),
    "a bomb in a record": gzip_bomb(b'[{"model": "', b"x"),
    "a bomb of blank lines": gzip_bomb(b"", b"\n"),
    "a bomb of rows": gzip_bomb(b"id,model,price\n", b"1,a,2\n"),
    "a bomb of records": gzip_bomb(b"[", b'{"level": "info", "msg": "' + b"x" * 9000 + b'"},\n'),
    "a zstd bomb": zstd_bomb,
    "a dangling link": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to an endless device": lambda path: path.symlink_to("/dev/zero"),
    "a socket": listening,
}


def linked_pipe(path: Path) -> None:
    os.mkfifo(f"{path}.pipe")
    path.symlink_to(f"{path.name}.pipe")


# in a folder these are not opened, or are folders themselves
IN_FOLDERS: dict[str, Callable[[Path], None]] = {
    "a named pipe": lambda path: os.mkfifo(path),
    "a link to a pipe": linked_pipe,
    "a folder that holds itself": looping,
    "a deep folder": deep_folder,
    "an empty folder": lambda path: path.mkdir(),
}


def device(path: Path) -> None:
    os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 5))


def write(content: bytes) -> Callable[[Path], None]:
    def written(path: Path) -> None:
        path.write_bytes(content)

    return written


FILES: dict[str, Callable[[Path], None]] = {**{name: write(text) for name, text in TEXTS.items()}, **MADE}
