"""Read a file of answers: JSON lines or CSV, each hashed as it is read; no message and no result holds their text."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from math import isfinite
from pathlib import Path
from typing import Any

from llmcost.counts import counted
from llmcost.errors import FormatError, InputError

DELIMITERS = (",", "\t", ";")
LONGEST_CELL = 2**26
FIELDS = "a line has request_id and output (or output_hash); weight and stratum may come from `llmcost sample`"
Row = dict[str, Any]


@dataclass(frozen=True)
class Output:
    """One answer as hashes: of the text that is compared, and the one that the file gave."""

    place: str
    text: bytes | None
    given: str | None
    stratum: str | None
    weight: float | None


def read_outputs(path: Path) -> dict[str, Output]:
    """Read answers by request_id from JSON lines or CSV; refusals name the line and never quote it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from None
    except UnicodeDecodeError:
        raise FormatError(f"{path}: not text in UTF-8", hint=FIELDS) from None
    if not text.strip():
        raise InputError(f"{path}: the file is empty", hint=FIELDS)
    found: dict[str, Output] = {}
    for place, record in json_lines(text, path) if text.lstrip()[0] in "{[" else table_rows(text, path):
        name = str(record.get("request_id") if record.get("request_id") is not None else "").strip()
        if not name:
            raise FormatError(f"{place}: no request_id", hint=FIELDS)
        if name in found:
            raise FormatError(f"{place}: the request_id of {found[name].place} again", hint="one answer per request")
        found[name] = output_of(record, place)
    check_weights(found)
    return found


def json_lines(text: str, path: Path) -> Iterator[tuple[str, Row]]:
    """Give the object of every line, with its FILE:LINE."""
    # a JSON text may hold other characters that splitlines() takes for ends of lines
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            raise FormatError(f"{path}:{number}: broken JSON", hint="one JSON object per line") from None
        if not isinstance(record, dict):
            raise FormatError(f"{path}:{number}: not a JSON object", hint="one JSON object per line")
        yield f"{path}:{number}", record


def table_rows(text: str, path: Path) -> Iterator[tuple[str, Row]]:
    """Give every row of a CSV under its columns, with the FILE:LINE at which it ends."""
    csv.field_size_limit(LONGEST_CELL)
    head = text.lstrip().split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=head.count), strict=True)
    columns: list[str] = []
    try:
        for cells in reader:
            place = f"{path}:{reader.line_num}"
            if not columns:
                columns = [cell.strip().lower() for cell in cells]
                if cells and "request_id" not in columns:
                    raise FormatError(f"{place}: no column request_id", hint=FIELDS)
            elif cells and len(cells) != len(columns):
                hint = "an output with delimiters or line ends stands in quotes"
                raise FormatError(
                    f"{place}: {counted(len(cells), 'cell')} under {counted(len(columns), 'column')}", hint=hint
                )
            elif cells:
                yield place, dict(zip(columns, cells, strict=True))
    except csv.Error as error:
        hint = "is a quote not closed?"
        raise FormatError(f"{path}:{reader.line_num}: broken CSV: {error}", hint=hint) from None


def output_of(record: Row, place: str) -> Output:
    """Read one answer and forget its text; what is not text is compared as JSON, in whatever order its keys are."""
    text, given = record.get("output"), str(record.get("output_hash") or "").strip() or None
    if text is None and given is None:
        raise FormatError(f"{place}: neither output nor output_hash", hint=FIELDS)
    # the cell of a CSV that has the other column
    digest = None if text is None or (text == "" and given) else hashed(text)
    stratum = record.get("stratum")
    label = None if stratum is None or stratum == "" else str(stratum)
    return Output(place, digest, given, label, weight_of(record.get("weight"), place))


def hashed(output: Any) -> bytes:
    """Hash an answer as it is compared: spaces and line ends as one space, none around it, Unicode composed (NFC)."""
    text = output if isinstance(output, str) else json.dumps(output, sort_keys=True, ensure_ascii=False)
    shown = " ".join(unicodedata.normalize("NFC", text).split())
    return blake2b(shown.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def weight_of(value: Any, place: str) -> float | None:
    """Read how many requests an answer stands for."""
    if value is None or value == "":
        return None
    try:
        weight = float(str(value))
    except ValueError:
        weight = 0
    if not isfinite(weight) or weight <= 0:
        raise FormatError(f"{place}: the weight is not a number above 0", hint=FIELDS)
    return weight


def check_weights(outputs: Mapping[str, Output]) -> None:
    """Refuse weights that are not said of every request: what the others stand for is not known."""
    without = [output for output in outputs.values() if output.weight is None]
    if 0 < len(without) < len(outputs):
        raise FormatError(f"{without[0].place}: no weight here, but on other lines", hint="on all lines or on none")
