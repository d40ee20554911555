"""Raw API keys in logs reach no store: the same key has always the same name, and what is no key stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmcost.ingest import Options, ingest
from llmcost.ingest.mapping import load_map
from llmcost.store import Store

# shapes only: no part of them was ever a key
RANDOM = "aB3dE6gH9jK2mN5pQ8sT" * 2
KEYS = {
    "OpenAI": f"sk-proj-{RANDOM}",
    "Anthropic": f"sk-ant-api03-{RANDOM}-{RANDOM}AA",
    "LiteLLM": f"sk-{RANDOM[:22]}",
    "OpenRouter": f"sk-or-v1-{'0123456789abcdef' * 4}",
    "Google": f"AIzaSy{RANDOM[:33]}",
    "Groq": f"gsk_{RANDOM}",
    "xAI": f"xai-{RANDOM}",
    "Hugging Face": f"hf_{RANDOM[:34]}",
    "Replicate": f"r8_{RANDOM[:37]}",
    "AWS": "AKIA" + "Q3X7" * 4,
    "a web token": f"eyJ{RANDOM}.eyJ{RANDOM}.{RANDOM}",
    "a header": f"Bearer {RANDOM}",
}
NO_KEYS = (
    *("search-service", "sk-search", "desk-0a1b2c3d4e5f6a7b8c9d0a1b", "task-" + RANDOM, "0123456789abcdef" * 4),
    *(
        "9f8b7c6d-1234-4abc-8def-0123456789ab",
        "user_01HXYZABCDEFGHJKMNPQRSTVWX",
        "Bearer",
        "sk-only-words-and-no-number",
    ),
)


def record(number: int, key: str, tag: str = "") -> str:
    return json.dumps(
        {
            "id": f"r-{number}",
            "started_at": "2026-11-01T12:00:00Z",
            "provider_name": "openai",
            "request_model": "gpt-4o-mini",
            "input_tokens": 10,
            "output_tokens": 1,
            "api_key_id": key,
            "user_id": f"via {key}",
            "tags": [tag or key, "web"],
        }
    )


def read(folder: Path, lines: list[str], store: Store) -> set[str]:
    (folder / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "map.yaml").write_text(
        "request_id: id\nstarted_at: started_at\nrequest_model: request_model\nprovider_name: provider_name\n"
        "input_tokens: input_tokens\noutput_tokens: output_tokens\napi_key_id: api_key_id\nuser_id: user_id\n"
        "tags: tags\n",
        encoding="utf-8",
    )
    return ingest(store, [str(folder / "a.jsonl")], options=Options(load_map(folder / "map.yaml"))).keys


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_key_becomes_a_hash_and_its_last_four_characters(store: Store, tmp_path: Path, key: str) -> None:
    names = read(tmp_path, [record(1, key), record(2, key, "x")], store)

    (name,) = names
    secret = key.removeprefix("Bearer ")
    shown = store.rows("select api_key_id, user_id, tags from requests order by request_id")
    assert name.endswith(f"-{secret[-4:]}")
    assert [(name, f"via {name}", [name, "web"]), (name, f"via {name}", ["x", "web"])] == shown


@pytest.mark.parametrize("text", NO_KEYS)
def test_what_is_no_key_stays_as_it_is(store: Store, tmp_path: Path, text: str) -> None:
    assert set() == read(tmp_path, [record(1, text)], store)
    assert [(text, f"via {text}", [text, "web"])] == store.rows("select api_key_id, user_id, tags from requests")


def test_no_key_is_anywhere_in_the_file_of_a_store(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with Store(path) as store:
        names = read(tmp_path, [record(at, key) for at, key in enumerate(KEYS.values())], store)

    assert len(KEYS) == len(names)
    assert [key for key in KEYS.values() if key.removeprefix("Bearer ").encode() in path.read_bytes()] == []
