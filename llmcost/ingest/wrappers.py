"""Records inside others: what a page, a log line or a query's answer wraps, however deep, and what it says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from llmcost.ingest.format import Format, Record, fulfils
from llmcost.ingest.json_text import NotJson, decode
from llmcost.ingest.sieve import is_time

# objects and lists in each other: {"page": {"events": [{"message": "{...}"}]}} has five
DEPTH = 8
# what a wrapper may say of all that it holds, where a record does not say it: our key, and how wrappers spell it
SAID = {
    "timestamp": (
        *("timestamp", "@timestamp", "time", "ts", "created_at", "createdAt", "start_time", "startTime"),
        *("Timestamp", "_time", "__REALTIME_TIMESTAMP", "eventTime", "event_time", "request_time", "requestTime"),
        *("startedDateTime", "datetime", "date", "receiveTimestamp"),
    ),
    "model": ("model", "model_name", "modelName"),
    "modelId": ("modelId", "model_id", "model"),
    "region": ("region", "awsRegion"),
    "session_id": ("session_id", "sessionId", "conversation_id", "conversationId", "thread_id", "threadId"),
}
# what the outputs of a provider's batches put around each answer
BATCHES = (
    {"recordId": None, "modelOutput": None},  # Bedrock
    {"request": None, "response": None, "processed_time": None},  # Vertex AI
    {"custom_id": None, "request": None, "response": None},  # Vertex AI, of Claude
    {"inlinedResponses": None},  # Gemini, and its files:
    {"key": None, "response": {"usageMetadata": None}},
)
Claims = Callable[[Record], bool]


@dataclass
class Found:
    """The records in a wrapper; `others` counts the items of a list with records that hold none themselves."""

    records: list[Record] = field(default_factory=list)
    others: int = 0


def found_in(record: Any, format: Format) -> Found:
    """Find a format's records in a record or in what it wraps; each gets what its wrappers say of it."""
    found = Found()
    search(record, lambda inner: format.claims(inner) > 0, format.columns.keys(), {}, DEPTH, found)
    return found


def outermost(record: Any, claims: Claims) -> list[Record]:
    """Find the objects in a record that somebody claims, but none that lies in another of them."""
    found = Found()
    search(record, claims, frozenset(), {}, DEPTH, found)
    return found.records


def search(value: Any, claims: Claims, keys: Any, said: Mapping[str, Any], depth: int, found: Found) -> None:
    """Look at a value and what is in it, from outside to inside."""
    value = opened(value)
    if isinstance(value, list):
        value = row_of(value) or value
    if isinstance(value, list) and depth:
        search_list(value, claims, keys, said, depth - 1, found)
    elif isinstance(value, dict) and claims(value):
        found.records.append(value | {key: text for key, text in said.items() if key in keys and not value.get(key)})
    elif isinstance(value, dict) and depth:
        said = {**said, **dict(said_by(value))}
        for inner in value.values():
            search(inner, claims, keys, said, depth - 1, found)


def search_list(items: list[Any], claims: Claims, keys: Any, said: Mapping[str, Any], depth: int, found: Found) -> None:
    """Look at each item of a list; beside records, those that hold none are counted."""
    before, others = len(found.records), 0
    for item in items:
        count = len(found.records)
        search(item, claims, keys, said, depth, found)
        others += len(found.records) == count
    if len(found.records) > before:
        found.others += others


def row_of(items: list[Any]) -> Record | None:
    """Read a list that is one row: a time and a line (Loki), or fields with values (CloudWatch's Insights)."""
    if len(items) in (2, 3) and is_moment(items[0]) and isinstance(items[1], str | dict):
        return {"timestamp": items[0], "line": items[1]}
    if items and all(isinstance(item, dict) and item.keys() >= {"field", "value"} for item in items):
        return {str(item["field"]): item["value"] for item in items}
    return None


def opened(value: Any) -> Any:
    """Take the JSON out of a text, if it holds an object or a list."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        with suppress(NotJson):
            return decode(value)
    return value


def said_by(wrapper: Record) -> Iterator[tuple[str, Any]]:
    """Give what a wrapper says of its records, under the keys that records have."""
    for key, names in SAID.items():
        values = (plain(wrapper.get(name)) for name in names)
        tells = is_moment if key == "timestamp" else is_said
        if value := next(filter(tells, values), None):
            yield key, value
    if any(fulfils(wrapper, marks) for marks in BATCHES):
        yield "processing", "batch"


def plain(value: Any) -> Any:
    """Take a value out of the object that MongoDB's exports put around it."""
    while isinstance(value, dict) and len(value) == 1 and value.keys() & {"$date", "$numberLong"}:
        (value,) = value.values()
    return value


def is_said(value: Any) -> bool:
    """Tell a value that says something."""
    return isinstance(value, str | int | float) and value != ""


def is_moment(value: Any) -> bool:
    """Tell a time from what stands under a time's name otherwise, like a duration."""
    return is_said(value) and is_time(value)
