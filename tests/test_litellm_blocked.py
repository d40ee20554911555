"""A key that is blocked at LiteLLM's proxy is refused by it, under an error that has no name of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import FIXTURES
from tests.logs import Record, write_log

BLOCKED = "Key is blocked. Update via `/key/unblock` if you're an admin."
TEAM = "Team=blue is blocked. Update via `/team/unblock` if you're an admin."


def failed(name: str, error: dict[str, Any]) -> Record:
    """Take the first failure of a fixture, and let it have failed so."""
    lines = map(json.loads, (FIXTURES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    record: Record = next(line for line in lines if line.get("status") == "failure")
    if name == "litellm":
        return {**record, "error_information": error}
    return {**record, "metadata": json.dumps({**json.loads(record["metadata"]), "error_information": error})}


@pytest.mark.parametrize("name", ["litellm", "litellm_spend_logs"])
@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (BLOCKED, "refused_by_gateway"),
        (TEAM, "refused_by_gateway"),
        ("this topic is blocked", "Exception"),
        ("", "Exception"),
    ],
)
def test_what_is_blocked_at_the_proxy_is_refused_by_it(
    store: Store, tmp_path: Path, name: str, message: str, expected: str
) -> None:
    error = {"error_code": "", "error_class": "Exception", "llm_provider": "", "error_message": message}
    ingest(store, [str(write_log(tmp_path / "log.jsonl", [failed(name, error)]))])

    assert [("error", None, expected)] == store.rows("select status, http_status_code, error_type from requests")
    assert message == "" or message not in str(store.rows("from requests"))
