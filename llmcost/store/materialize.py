"""Requests with their prices put into one table, for those who look at them many times."""

from __future__ import annotations

from dataclasses import replace

from llmcost.store.engine import DerivedTable
from llmcost.store.priced import Priced
from llmcost.store.scope import Filters

# what the views of a page group and count by, and no id as text: chains need to be distinct, not named
COLUMNS = (
    *("hash(logical_request_id) as logical_request_id", "dedupe_key", "provider", "model", "key", "deployment"),
    *("operation", "stream", "cache_hit", "is_batch", "error_kind", "gateway", "is_file_time", "started_at", "day"),
    *("day_number", "started_us", "duration_us", "first_token_wait_us", "attempt_number", "fallback_index"),
    *("prompt_hash", "max_tokens_requested", "is_truncated"),
    *("input_tokens", "output_tokens", "reasoning_output_tokens", "cache_read_input_tokens"),
    *("cache_write_input_tokens", "cache_write_1h_input_tokens", "text_read_tokens", "cache_read_audio_tokens"),
    *("cache_read_image_tokens", "short_write_tokens", "name_id", "price_no", "price_status", "is_assumed_rate"),
    *("cost_usd", "gateway_saved_usd"),
)
DIMENSIONS = """
    select
        *,
        local_hour(started_at) as hour,
        strftime(local_time(started_at), '%G-W%V') as week,
        strftime(local_time(started_at), '%Y-%m') as month
    from held
"""


def materialize(priced: Priced, filters: Filters) -> Priced:
    """Give the requests of `filters` alone, put into a table when they are first read; in the zone of `filters`."""
    held = priced.scope(filters, None).derive(f"select {', '.join(COLUMNS)} from scope")
    return replace(priced, dimensions=DerivedTable(DIMENSIONS, {"held": held}, is_materialized=False))
