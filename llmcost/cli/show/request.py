"""The facts of one request, in groups for people and by column for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from llmcost.render.money import exact_dollars
from llmcost.report.arithmetic import basis

Row = dict[str, Any]
COST = "Cost"
# every column of `requests` stands in a group, or among what is the store's own
GROUPS = {
    "Request": (
        *("request_id", "response_id", "logical_request_id", "attempt_number", "retry_count", "fallback_index"),
        *("trace_id", "span_id", "parent_span_id", "session_id", "case_id", "case_run"),
    ),
    "When": (
        *("started_at", "is_file_time", "first_token_at", "ended_at"),
        *("duration_ms", "time_to_first_token_ms", "output_tokens_per_second"),
    ),
    "Who": (
        *("api_key_alias", "api_key_id", "team_alias", "team_id", "project_id", "organization_id"),
        *("user_id", "end_user_id", "tags"),
    ),
    "What": (
        *("gateway", "emitter_version", "provider_name", "request_model", "response_model", "model_group"),
        *("deployment_id", "region", "operation_name", "is_stream", "is_batch", "service_tier", "speed"),
        *("inference_geo", "search_context_size", "max_tokens_requested", "temperature", "response_choices"),
        "embedding_dimensions",
    ),
    "Outcome": (
        *("status", "http_status_code", "error_type", "finish_reason", "gateway_cache_hit"),
        "reported_cost_usd",
    ),
    COST: ("price_status", "list_cost_usd", "cost_usd"),
    "Usage": (
        *("input_tokens", "cache_read_input_tokens", "cache_write_input_tokens", "cache_write_5m_input_tokens"),
        *("cache_write_1h_input_tokens", "input_audio_tokens", "cache_read_audio_tokens", "input_image_tokens"),
        *("cache_read_image_tokens", "output_tokens", "reasoning_output_tokens", "output_audio_tokens"),
        *("output_image_tokens", "total_tokens_reported", "web_search_requests"),
        *("file_search_requests", "x_search_requests", "code_interpreter_requests"),
        *("billed_unit", "billed_units"),
        *("usage_source", "usage_basis", "usage_evidence"),
    ),
    "Content (hashes and sizes; the store has no text)": (
        *("prompt_hash", "input_chars", "system_prompt_hash", "system_prompt_chars", "prefix_hashes", "prefix_chars"),
        *("output_hash", "output_chars", "embedding_item_hashes", "embedding_item_chars"),
    ),
}
OWN = ("dedupe_key", "file_id", "name_id")
LABEL_WIDTH = 22
SHOWN_ITEMS = 4
MILLISECOND = timedelta(milliseconds=1)


def facts(row: Row) -> Row:
    """Take what is known of a request by column; hashes are written in hexadecimal digits."""
    known = row | paces(row)
    if known["logical_request_id"] == known["request_id"]:
        known["logical_request_id"] = None
    return {
        name: hexadecimal(known[name]) if "hash" in name else known[name]
        for names in GROUPS.values()
        for name in names
        if known.get(name) is not None and known[name] != []
    }


def paces(row: Row) -> Row:
    """Compute how long a request took, and how fast its answer came."""
    start, first, end, output = (row[name] for name in ("started_at", "first_token_at", "ended_at", "output_tokens"))
    if not row["is_stream"] and first == end:
        first = None  # some write the end there, where nothing was streamed
    speaking = end - (first or start) if end else timedelta()
    is_known = output and speaking > timedelta() and not row["gateway_cache_hit"]
    return {
        "duration_ms": (end - start) / MILLISECOND if end else None,
        "time_to_first_token_ms": (first - start) / MILLISECOND if first else None,
        "output_tokens_per_second": round(output / speaking.total_seconds(), 1) if is_known else None,
    }


def hexadecimal(value: Any) -> Any:
    """Write a hash, or a list of them; JSON's numbers would not hold them."""
    if isinstance(value, list):
        return [hexadecimal(item) for item in value]
    return f"{value:016x}" if isinstance(value, int) else value


def fact_lines(row: Row) -> Iterator[str]:
    """Write the facts, group by group."""
    known = facts(row)
    for heading, names in GROUPS.items():
        # the arithmetic of the cost stands apart
        shown = [name for name in names if name in known] if heading != COST else []
        if shown:
            yield heading
        for name in shown:
            yield f"  {label(name):<{LABEL_WIDTH}}  {humanize(name, known[name], row)}"


def label(name: str) -> str:
    """Name a column for people, short since its unit stands with the value."""
    named = {
        "is_file_time": "no time in the log",
        "output_tokens_per_second": "output speed",
        "request_model": "model asked",
        "response_model": "model answered",
        "usage_evidence": "decided by",
    }
    for suffix in ("_usd", "_tokens", "_ms", "_at", "_name"):
        name = name if name in named else name.removesuffix(suffix)
    return named.get(name, name.removeprefix("is_").removeprefix("gateway_" if "hit" in name else "")).replace("_", " ")


def humanize(name: str, value: Any, row: Row) -> str:
    """Write a value with its unit."""
    if name == "is_file_time":
        return "the file's own date stands for it" if value else "no"
    if name == "usage_basis":
        return basis(row)
    if name == "output_tokens_per_second":
        is_streamed = paces(row)["time_to_first_token_ms"] is not None
        return f"{value:,} tokens/s, {'from the first token on' if is_streamed else 'over all of it'}"
    if isinstance(value, list):
        return listed(value)
    return measured(name, value)


def measured(name: str, value: Any) -> str:
    """Write one value by its kind."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value} UTC"
    if isinstance(value, Decimal):
        return exact_dollars(value)
    if isinstance(value, int | float) and name != "http_status_code":
        return f"{value:,.10g}{unit(name)}" if isinstance(value, float) else f"{value:,}{unit(name)}"
    return str(value)


def listed(items: list[Any]) -> str:
    """Write the first items of a list."""
    shown = ", ".join(f"{item:,}" if isinstance(item, int) else str(item) for item in items[:SHOWN_ITEMS])
    return f"{shown}, ... ({len(items):,} in all)" if len(items) > SHOWN_ITEMS else shown


def unit(name: str) -> str:
    """Name the unit of a number."""
    units = {"_tokens": " tokens", "_ms": " ms", "_chars": " characters", "requested": " tokens", "reported": " tokens"}
    return next((word for suffix, word in units.items() if name.endswith(suffix)), "")
