"""Golden files with honest extensions: a reviewer sees a table as a table. They hold looks, never money's truth."""

from __future__ import annotations

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class Golden(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT


class Txt(Golden):
    file_extension = "txt"


class Json(Golden):
    file_extension = "json"


class Jsonl(Golden):
    file_extension = "jsonl"


class Csv(Golden):
    file_extension = "csv"


class Tsv(Golden):
    file_extension = "tsv"


class Md(Golden):
    file_extension = "md"


BY_FORMAT = {"table": Txt, "json": Json, "jsonl": Jsonl, "csv": Csv, "tsv": Tsv, "md": Md}
