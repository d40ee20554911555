"""The columns that requests are grouped and filtered by: what each is, and how a store is asked for its values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GroupColumn:
    """A column of `dimensions` that groups well.

    `values` is how `requests` gives its values: an expression in SQL, nothing where its name is one already, None where
    it takes more. `fixed` are all the values that there can be.
    """

    means: str
    values: str | None = ""
    fixed: tuple[str, ...] = ()


ERROR_KINDS = (
    *("rate_limit", "context_length", "content_filter", "timeout", "auth", "cancelled", "model_error"),
    *("invalid_request", "refused_by_gateway", "other"),
)
PRICE_STATUSES = (
    *(
        "priced",
        "provisioned",
        "gateway cache",
        "no usage",
        "usage missing",
        "bad usage",
        "impossible count",
        "unknown provider",
    ),
    *("unknown model", "no price for context", "no price for date", "no rate for a token kind"),
    *("no price for searches", "no price for file searches", "no price for X searches", "no price for code containers"),
    *("no price for map searches", "no price for search sources"),
    *("no price for pages", "no price for images", "no price for seconds"),
    "not asked for",
)


COLUMNS = {
    "model": GroupColumn("the book's name of the model, or the log's where the book does not know it", None),
    "provider": GroupColumn("who served it, by the book's name", None),
    "key": GroupColumn("the key's alias, or its id", "coalesce(api_key_alias, api_key_id)"),
    "team": GroupColumn("the team's alias, or its id", "coalesce(team_alias, team_id)"),
    "user": GroupColumn("who the gateway says it was", "user_id"),
    "end_user": GroupColumn("the customer's customer", "end_user_id"),
    "tag": GroupColumn("each tag; a request counts under every one of its tags", "unnest(tags)"),
    "project": GroupColumn("the project's id", "project_id"),
    "organization": GroupColumn("the organization's id", "organization_id"),
    "operation": GroupColumn("chat, embeddings, ...", "operation_name"),
    "status": GroupColumn("ok, error or cancelled"),
    "error_kind": GroupColumn("one word for why it failed, as in the view errors", None, ERROR_KINDS),
    "hour": GroupColumn("in the zone of --tz", None),
    "block": GroupColumn("the [block of five hours](#blocks) by its start, in the zone of --tz", None),
    "day": GroupColumn("in the zone of --tz", "cast(started_at as date)"),
    "week": GroupColumn("ISO weeks, Monday to Sunday: 2026-W45", None),
    "month": GroupColumn("2026-11", None),
    "gateway": GroupColumn("what wrote the log"),
    "emitter_version": GroupColumn("its version"),
    "request_model": GroupColumn("the model that was asked for, as the log has it"),
    "response_model": GroupColumn("the model that answered, as the log has it"),
    "model_group": GroupColumn("the gateway's name for a group of deployments"),
    "deployment": GroupColumn("where the gateway sent it", "deployment_id"),
    "region": GroupColumn("where it was served"),
    "stream": GroupColumn("true, false, or not logged", "is_stream"),
    "cache_hit": GroupColumn("answered from the gateway's own cache", "gateway_cache_hit"),
    "service_tier": GroupColumn("flex, priority, ..."),
    "is_batch": GroupColumn("sent as a batch"),
    "finish_reason": GroupColumn("why the answer ended"),
    "http_status_code": GroupColumn("200, 429, ..."),
    "error_type": GroupColumn("the error's own name"),
    "price_status": GroupColumn("priced, or why not", None, PRICE_STATUSES),
    "usage_source": GroupColumn("provider, gateway_estimate or missing"),
    "usage_basis": GroupColumn("how the input tokens were counted"),
    "case_id": GroupColumn("the test case that made the call"),
    "case_run": GroupColumn("which repeat of the test case"),
    "session": GroupColumn("the session's id", "session_id"),
    "trace": GroupColumn("the trace's id", "trace_id"),
    "request_id": GroupColumn("each request by itself"),
    "file": GroupColumn("the log that it stands in", None),
    "format": GroupColumn("the format of that log", None),
}
