"""A map makes a log of somebody's own into requests; one that cannot be a map is refused with its line."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from llmcost.errors import UsageError
from llmcost.ingest import Options, Summary, ingest
from llmcost.ingest.format import formats
from llmcost.ingest.mapping import load_map
from llmcost.store import Store
from tests.conftest import ROOT
from tests.logs import write

LEAST = "started_at: ts\nrequest_model: model\ninput_tokens: usage.in\noutput_tokens: usage.out\n"
RECORD = {"ts": "2026-11-02T08:00:00Z", "model": "gpt-4o-mini", "usage": {"in": 1000, "out": 50}}


def mapped(store: Store, tmp_path: Path, more: str, *records: Any, hashes_text: bool = True) -> Summary:
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    format = load_map(write(tmp_path / "map.yaml", LEAST + more))
    return ingest(store, [str(log)], options=Options(format, hashes_text=hashes_text))


def test_a_nested_path_and_a_constant_are_read(store: Store, tmp_path: Path) -> None:
    summary = mapped(store, tmp_path, "request_id: id\nprovider_name: =openai\n", RECORD | {"id": "a1"})

    assert {"map:map.yaml": 1} == dict(summary.formats)
    columns = "request_id, provider_name, request_model, input_tokens, output_tokens, status, usage_source"
    assert [("a1", "openai", "gpt-4o-mini", 1000, 50, "ok", "provider")] == store.rows(
        f"select {columns} from requests"
    )


@pytest.mark.parametrize("line", ['cache_read_input_tokens: "a.b"', "cache_read_input_tokens: '\"a.b\"'"])
def test_what_stands_in_quotes_is_one_key_with_its_dots(store: Store, tmp_path: Path, line: str) -> None:
    more = line + '\nreasoning_output_tokens: attributes."gen_ai.usage.reasoning"\n'

    mapped(store, tmp_path, more, RECORD | {"a.b": 400, "attributes": {"gen_ai.usage.reasoning": 12}})

    assert [(400, 12)] == store.rows("select cache_read_input_tokens, reasoning_output_tokens from requests")


def test_a_number_in_a_path_is_a_place_in_a_list(store: Store, tmp_path: Path) -> None:
    mapped(
        store, tmp_path, "finish_reason: choices.0.why\n", RECORD | {"choices": [{"why": "stop"}, {"why": "length"}]}
    )

    assert store.value("select finish_reason from requests") == "stop"


def test_their_fields_may_be_named_like_our_own_columns(store: Store, tmp_path: Path) -> None:
    names = ("file_id", "filename", "path", "modified_at", "content_key", "readable")
    more = "".join(f"{key}: {name}\n" for key, name in zip(("user_id", "team_id"), names, strict=False))

    mapped(store, tmp_path, more, RECORD | {name: f"their {name}" for name in names})

    assert [("their file_id", "their filename")] == store.rows("select user_id, team_id from requests")


def test_a_bad_line_is_named_by_their_field(store: Store, tmp_path: Path) -> None:
    bad = ({"model": "m"}, RECORD | {"usage": "none"}, RECORD | {"usage": {"in": "1,000", "out": 1}})

    summary = mapped(store, tmp_path, "", RECORD, *bad)

    assert summary.new == 1
    assert [
        (2, "no ts"),
        (3, "usage is a text, not an object"),
        (4, "usage.in is a text, not a token count"),
    ] == [(reject.line, reject.reason) for reject in summary.rejects]


def test_prompts_are_hashed_and_measured_and_not_stored(store: Store, tmp_path: Path) -> None:
    mapped(
        store,
        tmp_path,
        "messages: prompt\noutput: body.answer\n",
        RECORD | {"prompt": "zebra", "body": {"answer": "gnu"}},
    )

    assert [(5, 3, True)] == store.rows("select input_chars, output_chars, prompt_hash is not null from requests")
    assert not store.value("select count(*) from requests as r where regexp_matches(cast(r as varchar), 'zebra|gnu')")


def test_without_text_a_prompt_is_neither_hashed_nor_measured(store: Store, tmp_path: Path) -> None:
    record = RECORD | {"prompt": "zebra", "body": {"answer": "gnu"}}

    mapped(store, tmp_path, "messages: prompt\noutput: body.answer\n", record, hashes_text=False)

    assert [(None, None, None)] == store.rows("select input_chars, output_chars, prompt_hash from requests")


def test_the_same_log_again_under_another_name_is_no_new_request(store: Store, tmp_path: Path) -> None:
    # twice the same second, model and count: two calls, since one file holds both
    mapped(store, tmp_path, "", RECORD, RECORD)
    copy = tmp_path / "log.jsonl.gz"
    copy.write_bytes(gzip.compress((tmp_path / "log.jsonl").read_bytes()))

    summary = ingest(store, [str(copy)], options=Options(load_map(tmp_path / "map.yaml")))

    assert (0, 2) == (summary.new, summary.duplicates)


def test_a_table_is_mapped_by_its_header(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("When,Model used,tokens.in,tokens.out\n2026-11-02 08:00:00,gpt-4o,900,40\n", encoding="utf-8")
    text = 'started_at: When\nrequest_model: Model used\ninput_tokens: "tokens.in"\noutput_tokens: "tokens.out"\n'

    ingest(store, [str(log)], options=Options(load_map(write(tmp_path / "map.yaml", text))))

    assert [("gpt-4o", 900, 40)] == store.rows("select request_model, input_tokens, output_tokens from requests")


BAD = {
    "an unknown key": (LEAST + "inputs_tokens: x\n", 5, "inputs_tokens", "input_tokens"),
    "a key of nothing like ours": (LEAST + "zzz: x\n", 5, "zzz", "docs/formats.md"),
    "a key twice": (LEAST + "started_at: x\n", 5, "duplicate", ""),
    "no time": ("request_model: m\ninput_tokens: i\n", 1, "`started_at`", "started_at: their_field"),
    "no model": ("started_at: t\ninput_tokens: i\n", 1, "`request_model` or `response_model`", "request_model:"),
    "no tokens": ("started_at: t\nrequest_model: m\n", 1, "`input_tokens` or `output_tokens`", "input_tokens:"),
    "an empty path": (LEAST + "user_id:\n", 5, "user_id", ""),
    "a path with a hole": (LEAST + "user_id: a..b\n", 5, "a..b", "usage.in"),
    "a path that ends in a dot": (LEAST + "user_id: a.\n", 5, "a.", "usage.in"),
    "a quote that stays open": (LEAST + 'user_id: a."b\n', 5, "not a path", "usage.in"),
    "a value and an object": (LEAST + "user_id: usage\n", 5, "`usage`", "object"),
    "an object and a list": (LEAST + "user_id: usage.0.x\n", 5, "`usage.0.x`", "object"),
    "two kinds": (LEAST + "user_id: usage.in\n", 5, "`usage.in`", "kind"),
    "two spellings": (LEAST + "user_id: Model\n", 5, "`Model`", ""),
    "a list of fields": (LEAST + "user_id: [a, b]\n", 5, "user_id", ""),
    "a constant of the wrong kind": (LEAST + "retry_count: =many\n", 5, "`many`", ""),
    "a constant outcome that is none": (LEAST + "status: =good\n", 5, "`good`", ""),
    "no map": ("- started_at\n", 1, "map", ""),
    "nothing": ("", 1, "empty", ""),
    "no YAML": (LEAST + "user_id: [\n", 6, "YAML", ""),
}


@pytest.mark.parametrize(("text", "line", "says", "hint"), BAD.values(), ids=BAD)
def test_a_refusal_begins_with_file_and_line(tmp_path: Path, text: str, line: int, says: str, hint: str) -> None:
    path = write(tmp_path / "map.yaml", text)

    with pytest.raises(UsageError) as refused:
        load_map(path)

    assert refused.value.message.startswith(f"{path}:{line}: ")
    assert says in refused.value.message
    assert hint in refused.value.hint
    assert type(refused.value) is UsageError


def test_a_map_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.yaml:1: No such file"):
        load_map(tmp_path / "none.yaml")


def test_the_documentation_names_every_key_and_no_other() -> None:
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    table = text[text.index("| key | unit |") : text.index("Two records are the same request")]
    cells = [line.split("|")[1] for line in table.splitlines()[2:] if line.startswith("|")]

    assert sorted(formats()["llmcost"].columns) == sorted(key for cell in cells for key in re.findall(r"`(\w+)`", cell))


def test_the_map_in_the_documentation_is_one(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)

    assert load_map(write(tmp_path / "map.yaml", example)).required == ["ts"]
