"""How many answers a request leaves to choose from is read of its format: `cases/public/choices.yaml`. Which, never."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import CASES, ROOT
from tests.shelves import read_yaml

CHOICES = read_yaml(CASES / "public" / "choices.yaml")
Record = dict[str, Any]
VALUE = "invented-label"
SCHEMA = {"type": "object", "properties": {"label": {"type": "string", "enum": [VALUE, "b", "c"]}}}
FORMAT = {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}}
RESPONSE = {"text": {"format": {"type": "json_schema", "name": "x", "schema": SCHEMA}}}
GEMINI = {
    "response_mime_type": "text/x.enum",
    "response_schema": json.dumps({"type": "STRING", "enum": [VALUE, "b", "c"]}),
}


def fixture_of(name: str) -> list[Record]:
    """Read a fixture: its first object, or one a line."""
    text = (ROOT / "fixtures" / name).read_text(encoding="utf-8")
    is_one = name.endswith(".json")
    return [json.JSONDecoder().raw_decode(text)[0]] if is_one else [json.loads(line) for line in text.splitlines()]


def choices_in(store: Store, folder: Path, records: list[Record]) -> set[int | None]:
    log = folder / "log.jsonl"
    log.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    summary = ingest(store, [str(log)])
    assert summary.new > 0
    return {choices for (choices,) in store.rows("select distinct response_choices from requests")}


@pytest.mark.parametrize("case", CHOICES, ids=lambda case: case.get("says") or case["trap"])
def test_a_closed_list_is_counted_and_what_only_looks_like_one_is_not(
    store: Store, tmp_path: Path, case: dict[str, Any]
) -> None:
    record = {**fixture_of("litellm.jsonl")[0], "model_parameters": case["asked"]}

    assert {case["choices"]} == choices_in(store, tmp_path, [record])


def under(*path: str, asked: Record = FORMAT) -> Callable[[Record], None]:
    """Lay what is asked for into the object under some keys, which may stand there as text."""

    def lay(record: Record) -> None:
        if not path:
            record.update(asked)
            return
        found = record.get(path[0]) or {}
        inner = json.loads(found) if isinstance(found, str) else found
        under(*path[1:], asked=asked)(inner)
        record[path[0]] = json.dumps(inner) if isinstance(found, str) else inner

    return lay


def in_attributes(**asked: Any) -> Callable[[Record], None]:
    """Add attributes to every span of an OTLP record."""
    more = [{"key": key.replace("__", "."), "value": {"stringValue": value}} for key, value in asked.items()]

    def lay(record: Record) -> None:
        for spans in (scope["spans"] for one in record["resourceSpans"] for scope in one.get("scopeSpans", [])):
            for span in spans:
                span["attributes"] = [*span.get("attributes", []), *more]

    return lay


def in_batch(record: Record) -> None:
    for event in record["batch"]:
        event["body"]["modelParameters"] = FORMAT


PLACES: list[tuple[str, Callable[[Record], None]]] = [
    ("litellm_spend_logs.jsonl", under("proxy_server_request")),
    ("openai.jsonl", under(asked=RESPONSE)),
    ("openai_batch.jsonl", under("response", "body", asked=RESPONSE)),
    ("helicone.jsonl", under("request_body")),
    ("bifrost.jsonl", under("params")),
    ("kong.jsonl", under("ai", "ai-proxy", "payload", "request")),
    ("portkey.jsonl", under("request")),
    ("portkey_log.json", under("request", "body")),
    ("azure_apim.jsonl", under("properties", "backendRequestBody")),
    ("langfuse.jsonl", under("model_parameters")),
    ("langfuse.jsonl", under("model_parameters", asked=GEMINI)),
    ("langfuse_ingestion.jsonl", in_batch),
    ("otlp.jsonl", in_attributes(llm__invocation_parameters=json.dumps(FORMAT))),
    ("otlp.jsonl", in_attributes(llm__invocation_parameters=json.dumps(GEMINI))),
    ("otlp.jsonl", in_attributes(gen_ai__request__structured_output_schema=json.dumps(SCHEMA))),
    (
        "otlp.jsonl",
        in_attributes(
            llm__invocation_parameters=json.dumps({"tool_choice": {"type": "tool", "name": "pick"}}),
            llm__tools__0__tool__json_schema=json.dumps({"name": "pick", "input_schema": SCHEMA}),
        ),
    ),
    ("llmcost.jsonl", under(asked={"response_choices": 3})),
]


@pytest.mark.parametrize(("name", "lay"), PLACES, ids=[f"{name}-{place}" for place, (name, _) in enumerate(PLACES)])
def test_a_log_that_has_the_request_tells_its_choices_and_no_value_of_them_is_kept(
    store: Store, tmp_path: Path, name: str, lay: Callable[[Record], None]
) -> None:
    records = fixture_of(name)
    for record in records:
        lay(record)

    assert 3 in choices_in(store, tmp_path, records)
    assert VALUE not in str(store.rows("select * from requests"))
