"""A plain table of requests: llmcost's own keys in the spellings that people use, which spellings.yaml lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

from llmcost.ingest.format import Columns, Format, Record, formats
from llmcost.ingest.mapping import OWN, typed_null
from llmcost.ingest.sieve import is_count, is_time
from llmcost.ingest.wrappers import opened

NAME = "table"
SPELLINGS = resources.files("llmcost.ingest") / "spellings.yaml"
COUNTED = "requests"
NEEDED = ("started_at", "request_model", "input_tokens", "output_tokens")
MODELS = ("request_model", "response_model")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
GAP = re.compile(r"[\s_()-]+")
MIDNIGHT = re.compile(r"[T ]0?0:00(:00(\.0+)?)?|Z$|[+-]\d\d:?\d\d$")
# as spreadsheets write a count: 12,345
GROUPED = re.compile(r"\d{1,3}(,\d{3})+")
CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d(\.\d+)?)?")
# a count of the cache in these words is part of the input, as OpenAI counts
INCLUSIVE = ("prompt", "cached")
# what only a single request has
OF_ONE = (
    *("request_id", "response_id", "trace_id", "span_id", "logical_request_id", "attempt_number", "prompt_hash"),
    *("status", "http_status_code", "error_type", "finish_reason", "is_stream", "temperature", "max_tokens_requested"),
    "response_choices",
    *("duration_ms", "time_to_first_token_ms", "first_token_at", "ended_at"),
)
# what sums may be by, beside the day
BY = (
    *("provider_name", "request_model", "response_model", "model_group", "region", "service_tier", "is_batch"),
    *("api_key_id", "api_key_alias", "team_id", "team_alias", "project_id", "organization_id"),
    *("user_id", "end_user_id", "session_id", "operation_name"),
)
SUMS = {
    "says": "sums of several requests a row (its column {} counts them), not requests",
    "hint": "export a row for each request; `llmcost reconcile --invoice` compares a provider's bill with your logs; "
    "leave the column out if each row is one request",
}


def elect_table(records: list[Record]) -> tuple[bool, Format | None]:
    """Take records of no other format as a table, or what they all wrap under one key; tell which."""
    if table := table_of(records):
        return False, table
    keys = dict.fromkeys(key for record in records for key in record)
    tables = (table_of([row for record in records for row in rows_under(record, key)]) for key in keys)
    found = next((table for table in tables if table), None)
    return found is not None, found


def rows_under(record: Record, key: str) -> list[Record]:
    """Take the objects out of a record that stand under a key, alone or in a list."""
    value = opened(record.get(key))
    return [row for row in (value if isinstance(value, list) else [value]) if isinstance(row, dict)]


def own_or_table(format: Format, records: list[Record]) -> Format | None:
    """Take as a table what has some keys of llmcost's own format, and what a request needs in other spellings.

    None for one whose rows are sums; a log that says `llmcost: 1` is what it says.
    """
    if format.name != OWN or any("llmcost" in record for record in records):
        return format
    fields = spelled(records)
    is_own = all(fields.get(key, key) == key for key in NEEDED)
    # `calls` and `count` may count anything
    if not is_table(fields, records) or (is_own and "request" not in folded(fields.get(COUNTED, ""))):
        return format
    return table_of(records)


def sums_of(records: list[Record]) -> dict[str, str] | None:
    """Say why a table whose rows count several requests is not read."""
    fields = spelled(records)
    if COUNTED not in fields or not is_table(fields, records):
        return None
    return SUMS | {"says": SUMS["says"].format(folded(fields[COUNTED]))}


def table_of(records: list[Record]) -> Format | None:
    """Make a format of a table's own headings: llmcost's query over a projection of them. None where it is none."""
    fields = spelled(records)
    if COUNTED in fields or not is_table(fields, records):
        return None
    own = formats()[OWN]
    clock = clock_of(fields["started_at"], records)
    counts = [key for key in fields if own.columns[key] == "tokens"]
    grouped = [key for key in counts if any(GROUPED.fullmatch(str(record.get(fields[key]))) for record in records)]
    as_text = ("reported_cost_usd", *grouped)
    columns: Columns = {name: "text" if key in as_text else own.columns[key] for key, name in fields.items()}
    columns |= dict.fromkeys([fields["started_at"], clock], "text") if clock else {}
    is_daily = not clock and are_days(fields, records)
    expressions = {key: f'lines."{name}"' for key, name in fields.items()} | {"input_basis": basis_of(fields)}
    if clock:
        expressions["started_at"] = f"concat_ws(' ', {expressions['started_at']}, lines.\"{clock}\")"
    if is_daily:
        expressions["is_sum"] = "'true'"
    if cost := expressions.get("reported_cost_usd"):
        expressions["reported_cost_usd"] = f"amount({cost})"
    expressions |= {key: f"ungrouped({expressions[key]})" for key in grouped}
    return replace(
        own,
        name=NAME,
        title="a plain table",
        recognise=[{fields[key]: None for key in ("started_at", model_of(fields))}],
        required=[fields["started_at"]],
        columns=columns,
        has_sums=is_daily,
        projection=", ".join(f'{expressions.get(k, typed_null(kind))} as "{k}"' for k, kind in own.columns.items()),
    )


def are_days(fields: dict[str, str], records: list[Record]) -> bool:
    """Tell whether rows are sums of a day: no time of day, nothing of a single request, and nothing twice on a day."""
    rows = [record for record in records if record.get(fields["started_at"])]
    if len(rows) < 2 or not fields.keys().isdisjoint(OF_ONE):
        return False
    days = [MIDNIGHT.sub("", str(row[fields["started_at"]])) for row in rows]
    by = [tuple(str(row.get(fields[key])) for key in BY if key in fields) for row in rows]
    return all(not day.isdigit() and ":" not in day for day in days) and len({*zip(days, by, strict=True)}) == len(rows)


def is_table(fields: dict[str, str], records: list[Record]) -> bool:
    """Tell whether there is a time, a model and the tokens, and most records have the first two."""
    model = model_of(fields)
    if not {"started_at", model, "input_tokens", "output_tokens"} <= fields.keys():
        return False
    return 2 * sum(fields["started_at"] in r and fields[model] in r for r in records) > len(records)


def model_of(fields: dict[str, str]) -> str:
    """Name the key of ours that holds the model."""
    return next((key for key in MODELS if key in fields), MODELS[0])


def spelled(records: Sequence[Record]) -> dict[str, str]:
    """Find which of their headings is which key of ours: the first spelling whose values can be that."""
    heads: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for record in records for name in record):
        heads.setdefault(folded(name), []).append(name)
    found = {}
    for key, (kind, names) in spellings().items():
        there = [name for spelling in names for name in heads.get(spelling, [])]
        fitting = [name for name in there if fits(kind, [record.get(name) for record in records])]
        if fitting or (there and kind == "time"):
            found[key] = (fitting or there)[0]
    return found


@cache
def spellings() -> dict[str, tuple[str, list[str]]]:
    """Read the kind and the spellings of each key; content is read from its own format alone."""
    other = yaml.safe_load(SPELLINGS.read_text(encoding="utf-8"))
    kinds = {key: kind for key, kind in formats()[OWN].columns.items() if kind != "content"} | {COUNTED: "tokens"}
    return {key: (kind, [key, *other.get(key, [])]) for key, kind in kinds.items()}


def folded(heading: str) -> str:
    """Write a heading as spellings are written: small letters, _ between words."""
    return GAP.sub("_", HUMP.sub("_", heading)).strip("_").lower()


def fits(kind: str, values: list[Any]) -> bool:
    """Tell whether most values can be a count or a time, where the key is one."""
    test = {"tokens": is_written_count, "time": is_time}.get(kind)
    there = [value for value in values if value not in (None, "")]
    return test is None or 2 * sum(map(test, there)) >= len(there)


def is_written_count(value: Any) -> bool:
    """Tell whether a value is a count, as a program or as a spreadsheet writes it."""
    return is_count(value) or GROUPED.fullmatch(str(value)) is not None


def clock_of(time: str, records: list[Record]) -> str | None:
    """Find the column that has the time of day, where another has the date."""
    clocks = [name for name in dict.fromkeys(n for r in records for n in r) if folded(name) in ("time", "time_utc")]
    return next((n for n in clocks if n != time and any(CLOCK.fullmatch(str(r.get(n))) for r in records)), None)


def basis_of(fields: dict[str, str]) -> str:
    """Tell by the words whose way of counting it is, whether the input holds the cache."""
    if "input_basis" in fields:
        return f'lines."{fields["input_basis"]}"'
    names = {key: folded(name) for key, name in fields.items()}
    if names["input_tokens"].startswith("prompt") or names.get("cache_read_input_tokens", "").startswith(INCLUSIVE):
        return "'inclusive'"
    is_anthropic = names.get("cache_write_input_tokens", "").startswith("cache_creation")
    return "'exclusive'" if is_anthropic else "'unknown'"
