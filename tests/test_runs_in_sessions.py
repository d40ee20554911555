"""What an agent printed of a run and keeps in a session counts once: by the id of the session, call by call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmcost.ingest import ingest
from llmcost.store import Store
from tests.logs import write

OPUS, HAIKU = "claude-opus-4-6", "claude-haiku-4-5-20251001"
FOUND = "select response_model, input_tokens, output_tokens from requests order by all"


def lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def kept(message: str, fresh: int, cached: int, output: int, session: str = "s1") -> dict[str, Any]:
    """A line of ~/.claude/projects."""
    usage = {"input_tokens": fresh, "cache_read_input_tokens": cached, "output_tokens": output}
    answer = {"id": message, "role": "assistant", "model": OPUS, "stop_reason": "end_turn", "usage": usage}
    named = {"type": "assistant", "uuid": f"u-{message}", "sessionId": session, "requestId": f"r-{message}"}
    return named | {"timestamp": f"2026-06-02T08:00:{fresh:02}Z", "message": answer}


def used(fresh: int, cached: int, output: int) -> dict[str, Any]:
    return {"inputTokens": fresh, "cacheReadInputTokens": cached, "outputTokens": output, "costUSD": 0.01}


def printed(models: dict[str, Any], session: str = "s1") -> dict[str, Any]:
    """The line with which a run ends."""
    usage = {"input_tokens": 15, "cache_read_input_tokens": 210, "output_tokens": 50}
    named = {"type": "result", "subtype": "success", "session_id": session, "uuid": f"u-result-{session}"}
    return named | {"usage": usage, "total_cost_usd": 0.02, "modelUsage": models}


SESSION = lines(kept("msg-1", 10, 100, 20), kept("msg-2", 5, 110, 30))
# 10 + 5, 100 + 110 and 20 + 30 of the model in the session, and a helper's call that stands nowhere else
RUN = lines(printed({OPUS: used(15, 210, 50), HAIKU: used(40, 0, 5)}))
CALLS = [(HAIKU, 40, 5), (OPUS, 110, 20), (OPUS, 115, 30)]


@pytest.mark.parametrize("order", [["run"], ["session"], ["run", "session"], ["session", "run"]], ids="-".join)
def test_a_run_counts_once_in_whatever_order_it_is_read(store: Store, tmp_path: Path, order: list[str]) -> None:
    files = {"run": write(tmp_path / "run.jsonl", RUN), "session": write(tmp_path / "session.jsonl", SESSION)}
    for name in order:
        ingest(store, [str(files[name])])
    summary = ingest(store, [str(tmp_path)])

    assert CALLS == store.rows(FOUND)
    assert len(order) == summary.unchanged


def test_a_run_and_its_session_read_at_once_count_once(store: Store, tmp_path: Path) -> None:
    write(tmp_path / "run.jsonl", RUN)
    write(tmp_path / "session.jsonl", SESSION)

    summary = ingest(store, [str(tmp_path)])

    assert CALLS == store.rows(FOUND)
    assert (3, 1) == (summary.new, summary.duplicates)


def test_a_run_whose_window_is_named_is_of_the_same_model(store: Store, tmp_path: Path) -> None:
    write(tmp_path / "run.jsonl", lines(printed({f"{OPUS}[1m]": used(15, 210, 50)})))
    write(tmp_path / "session.jsonl", SESSION)
    ingest(store, [str(tmp_path)])

    assert CALLS[1:] == store.rows(FOUND)


def test_a_run_of_another_session_counts(store: Store, tmp_path: Path) -> None:
    write(tmp_path / "run.jsonl", lines(printed({OPUS: used(15, 210, 50)}, "s2")))
    write(tmp_path / "session.jsonl", SESSION)
    ingest(store, [str(tmp_path)])

    assert [(OPUS, 110, 20), (OPUS, 115, 30), (OPUS, 225, 50)] == store.rows(FOUND)


def test_messages_of_a_run_that_was_stopped_are_those_of_its_session(store: Store, tmp_path: Path) -> None:
    message = kept("msg-1", 10, 100, 1)["message"] | {"stop_reason": None}
    other = kept("msg-3", 7, 0, 1)["message"]
    write(
        tmp_path / "run.jsonl",
        lines(
            {"type": "system", "subtype": "init", "session_id": "s1", "model": OPUS},
            {"type": "assistant", "session_id": "s1", "uuid": "a", "message": message},
            {"type": "assistant", "session_id": "s1", "uuid": "b", "message": other},
        ),
    )
    write(tmp_path / "session.jsonl", SESSION)
    ingest(store, [str(tmp_path)])

    # the third message is in no session file
    assert [(OPUS, 7, 1), (OPUS, 110, 20), (OPUS, 115, 30)] == store.rows(FOUND)


def test_turns_of_codex_exec_are_those_of_the_session_that_codex_keeps(store: Store, tmp_path: Path) -> None:
    usage = {"input_tokens": 300, "cached_input_tokens": 200, "output_tokens": 30}
    last = usage | {"reasoning_output_tokens": 0, "total_tokens": 330}
    write(
        tmp_path / "run.jsonl",
        lines({"type": "thread.started", "thread_id": "t1"}, {"type": "turn.completed", "usage": usage}),
    )
    counted = {"type": "token_count", "info": {"total_token_usage": last, "last_token_usage": last}}
    at = "2026-06-02T08:00:00Z"
    write(
        tmp_path / "rollout.jsonl",
        lines(
            {"timestamp": at, "type": "session_meta", "payload": {"id": "t1", "timestamp": at, "cwd": "/srv"}},
            {"timestamp": at, "type": "turn_context", "payload": {"model": "gpt-5"}},
            {"timestamp": at, "type": "event_msg", "payload": counted},
        ),
    )
    ingest(store, [str(tmp_path)])

    assert [("gpt-5", 300, 30)] == store.rows(FOUND)
