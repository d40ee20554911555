"""No prompt, answer or embedded text reaches the store, whatever the format, whatever the shape."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from llmcost.ingest import Options, ingest
from llmcost.store import Store
from tests.conftest import FIXTURES
from tests.test_ingest import record

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


@pytest.mark.parametrize("file", JSON_LOGS, ids=lambda file: file.name)
def test_what_was_said_is_nowhere_in_the_store(store: Store, tmp_path: Path, file: Path) -> None:
    marked = [spoken(item) for item in records(file)]
    log = tmp_path / file.name
    log.write_text("\n".join(json.dumps(item) for item in marked) + f'\n{{"{SECRET}": {SECRET}}}\n', encoding="utf-8")

    ingest(store, [str(log)])

    assert store.value("select count(*) from requests") > 0
    for (table,) in store.rows("select table_name from duckdb_tables() where not temporary"):
        held = store.value(f"select count(*) from {table} as t where contains(cast(t as varchar), '{SECRET}')")
        assert (table, 0) == (table, held)


def test_what_was_said_is_nowhere_in_the_file_of_the_store(tmp_path: Path) -> None:
    log, db = tmp_path / "a.jsonl", tmp_path / "store.duckdb"
    asked = [{"role": "system", "content": f"{SECRET} system"}, {"role": "user", "content": f"{SECRET} user"}]
    answer = {"choices": [{"message": {"role": "assistant", "content": f"{SECRET} answer"}, "finish_reason": "stop"}]}
    log.write_bytes(b"".join(record(n, messages=asked, response=answer) for n in range(100)) + SECRET.encode() + b"\n")

    with Store(db) as store:
        ingest(store, [str(log)])
        assert (
            store.value("select count(*) from requests where prompt_hash is not null and output_hash is not null")
            == 100
        )

    assert SECRET.encode() not in db.read_bytes()


def test_equal_texts_have_equal_hashes_in_one_store_and_others_in_another(tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    asked = [{"role": "user", "content": "invented"}]
    log.write_bytes(
        record(1, messages=asked) + record(2, messages=asked) + record(3, messages=[{"role": "user", "content": "x"}])
    )
    hashes = []
    for _ in range(2):
        with Store() as store:
            ingest(store, [str(log)])
            hashes.append([h for (h,) in store.rows("select prompt_hash from requests order by request_id")])

    assert hashes[0][0] == hashes[0][1] != hashes[0][2]
    assert hashes[0][0] != hashes[1][0]


def test_without_text_there_is_no_hash_and_no_size(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    answer = {"choices": [{"message": {"content": "invented"}}]}
    log.write_bytes(record(1, messages=[{"role": "user", "content": "invented"}], response=answer))

    ingest(store, [str(log)], options=Options(hashes_text=False))

    columns = "prompt_hash, system_prompt_hash, input_chars, prefix_hashes, prefix_chars, output_hash, output_chars"
    assert store.rows(f"select {columns} from requests") == [(None,) * 7]
    assert store.value("select input_tokens from requests") == 100


def test_a_prefix_is_known_by_its_hash(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    system, first, second = (
        {"role": r, "content": c} for r, c in (("system", "four"), ("user", "five5"), ("user", "sixsix"))
    )
    log.write_bytes(
        record(1, messages=[system, first]) + record(2, messages=[system, first, second]) + record(3, messages=[first])
    )

    ingest(store, [str(log)])

    one, two, three = store.rows(
        """
        select prefix_hashes, prefix_chars, system_prompt_chars, system_prompt_hash is null
        from requests order by request_id
        """
    )
    assert one[0] == two[0][:2] and len(two[0]) == 3
    assert three[0][0] not in two[0]
    assert [one[1], two[1], three[1]] == [[4, 9], [4, 9, 15], [5]]
    assert [(4, False), (4, False), (None, True)] == [row[2:] for row in (one, two, three)]


def test_the_items_of_an_embedding_are_hashed_one_by_one(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(
        record(1, call_type="aembedding", messages=["one", "three"])
        + record(2, call_type="aembedding", messages="three")
        + record(3, call_type="aembedding", messages=[[1, 2], [3]])
    )

    ingest(store, [str(log)])

    items = store.rows("select request_id, item_hash, item_chars from embedding_items order by request_id, item_chars")
    assert [(name, chars) for name, _, chars in items] == [
        ("call-1", 3), ("call-1", 5), ("call-2", 5), ("call-3", 3), ("call-3", 5)
    ]  # fmt: skip
    assert items[1][1] == items[2][1] != items[0][1]
    assert store.value("select count(*) from requests where prompt_hash is not null") == 0
