"""The fixtures with everything that somebody said replaced by one secret, and a store of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import FIXTURES

SECRET = "zebra-crossing"
# under these keys the formats keep what people and models said
SPOKEN = re.compile(
    r"content|text|prompt|completion|input|output|message|messages|parts|arguments|system|thinking|reasoning|title"
    r"|instructions|input\.value|output\.value|status_?message|traceback|.*[._](content|text|prompt|input|output|value)",
    re.IGNORECASE,
)
JSON_LOGS = sorted(file for file in FIXTURES.iterdir() if file.suffix in (".json", ".jsonl"))


def spoken(value: Any, key: str = "") -> Any:
    """Replace every text that is said by somebody, deep inside too, by the secret and something of its own."""
    if isinstance(value, dict):
        said = SPOKEN.fullmatch(str(value.get("key", ""))) and "value" in value  # an OTLP attribute
        return {k: secret(v) if said and k == "value" else spoken(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [spoken(item, key) for item in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.dumps(spoken(json.loads(value), key))
        except json.JSONDecodeError:
            return value
    return f"{SECRET} {len(value)}" if isinstance(value, str) and SPOKEN.fullmatch(key) else value


def secret(value: Any) -> Any:
    """Replace the text of an OTLP value."""
    return (
        {k: f"{SECRET} {v}"[:40] if k == "stringValue" else v for k, v in value.items()}
        if isinstance(value, dict)
        else value
    )


def records(file: Path) -> list[Any]:
    """Read one JSON value after the other; what is broken on purpose is left out to its line's end."""
    text, at, found = file.read_text(encoding="utf-8"), 0, []
    while (at := len(text) - len(text[at:].lstrip())) < len(text):
        try:
            value, at = json.JSONDecoder().raw_decode(text, at)
            found.append(value)
        except json.JSONDecodeError:
            at = text.find("\n", at) + 1 or len(text)
    return found


def fill(folder: Path) -> None:
    """Write all logs with the secret in them, and a line that is none in each, and ingest them."""
    logs = folder / "logs"
    logs.mkdir()
    for file in JSON_LOGS:
        marked = [json.dumps(spoken(item)) for item in records(file)]
        (logs / file.name).write_text("\n".join(marked) + f'\n{{"{SECRET}": {SECRET}}}\n', encoding="utf-8")
    with Store(folder / "store.duckdb") as store:
        ingest(store, [str(logs)])
