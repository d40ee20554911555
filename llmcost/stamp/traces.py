"""What LiteLLM logs of a request, as lines of a file, without anything that may hold a text."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REQUEST = (
    "id",
    "litellm_call_id",
    "trace_id",
    "session_id",
    "call_type",
    "status",
    "stream",
    "cache_hit",
    "custom_llm_provider",
    "startTime",
    "completionStartTime",
    "endTime",
    "response_time",
    "model",
    "model_group",
    "model_id",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "response_cost",
    "saved_cache_cost",
)
PARTS = {
    "model_parameters": ("max_tokens", "max_completion_tokens", "temperature", "dimensions", "service_tier"),
    "error_information": ("error_code", "error_class"),
    "response": ("id", "model", "service_tier", "stop_reason"),
    "metadata": (
        "attempted_retries",
        "attempted_fallbacks",
        "user_api_key_hash",
        "user_api_key_alias",
        "user_api_key_team_id",
        "user_api_key_team_alias",
        "user_api_key_org_id",
        "user_api_key_project_id",
        "user_api_key_user_id",
        "user_api_key_end_user_id",
    ),
}
CASE = ("test_case", "test_run")
RETRIES = ("x-litellm-attempted-retries", "x-litellm-attempted-fallbacks")


@dataclass
class Traces:
    """A file of payloads. A line is one write at its end, so that processes and threads may share it."""

    path: Path
    written: set[tuple[Any, Any]] = field(default_factory=set)

    def write(self, payload: Mapping[str, Any]) -> None:
        """Write a payload, once: some versions of LiteLLM log the failure of an async call twice."""
        key = (payload.get("id"), payload.get("startTime"))
        if key in self.written:
            return
        self.written.add(key)
        line = json.dumps(without_texts(payload)).encode() + b"\n"
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)


def without_texts(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Keep ids, models, usage, times and classes of errors of a payload; all else may hold a text."""
    kept = scalars(payload, REQUEST)
    kept.update({part: scalars(payload.get(part), names) for part, names in PARTS.items()})
    metadata = mapping(payload.get("metadata"))
    usage = metadata.get("usage_object")
    kept["metadata"]["spend_logs_metadata"] = scalars(metadata.get("spend_logs_metadata"), CASE)
    kept["metadata"]["usage_object"] = {**numbers(usage), **scalars(usage, ("service_tier",))}
    headers = mapping(payload.get("hidden_params")).get("additional_headers")
    kept["hidden_params"] = {"additional_headers": scalars(headers, RETRIES)}
    choices = mapping(payload.get("response")).get("choices") or []
    kept["response"]["choices"] = [scalars(choice, ("finish_reason",)) for choice in choices]
    return kept


def mapping(value: Any) -> Mapping[str, Any]:
    """Take a part of a payload, as an empty one where it is none."""
    return value if isinstance(value, Mapping) else {}


def scalars(part: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Take what is single values under these names."""
    values = mapping(part)
    return {name: values[name] for name in names if isinstance(values.get(name), str | int | float)}


def numbers(part: Any) -> dict[str, Any]:
    """Take all numbers, however deep."""
    found = {name: numbers(value) if isinstance(value, Mapping) else value for name, value in mapping(part).items()}
    return {name: value for name, value in found.items() if isinstance(value, int | float | dict)}
