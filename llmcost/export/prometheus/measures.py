"""The gauges that people alert on: their names, what they say, and the columns of views that they are."""

from __future__ import annotations

from dataclasses import dataclass

from llmcost.export.prometheus.text import Gauge

UNCOSTED = "uncosted"  # a query, the others are views


@dataclass(frozen=True)
class Measure:
    """One gauge of a view: the column that it is, or a column for each quantile."""

    name: str
    help: str
    view: str
    columns: dict[str, str | None]


def quantiles(name: str) -> dict[str, str | None]:
    """Name the columns of a view that are quantiles of one measure."""
    return {f"{name}_p50_ms": "0.5", f"{name}_p95_ms": "0.95", f"{name}_p99_ms": "0.99"}


MEASURES = (
    Measure("llmcost_requests", "Requests in the window, every attempt counted.", "cost", {"requests": None}),
    Measure("llmcost_cost_usd", "Sum of the costs that are known, US dollars.", "cost", {"cost_usd": None}),
    Measure("llmcost_input_tokens", "Input tokens, cached ones included.", "cost", {"input_tokens": None}),
    Measure("llmcost_cached_tokens", "Input tokens read from a provider's cache.", "cost", {"cached_tokens": None}),
    Measure("llmcost_output_tokens", "Output tokens, reasoning included.", "cost", {"output_tokens": None}),
    Measure(
        "llmcost_errors", "Failed requests by error_kind; kinds that none had are absent.", "errors", {"errors": None}
    ),
    Measure("llmcost_error_ratio", "Failed requests over all, 0 to 1.", "overview", {"error_share": None}),
    Measure(
        "llmcost_cached_ratio",
        "Cached over input tokens of requests whose log tells of the cache; absent where none does.",
        "overview",
        {"cached_share": None},
    ),
    Measure(
        "llmcost_latency_seconds",
        "Quantiles of the time from start to end of answers: no failures, batches or hits of the gateway's cache.",
        "latency",
        quantiles("latency"),
    ),
    Measure(
        "llmcost_first_token_seconds",
        "Quantiles of the time from start to first token of the same answers.",
        "latency",
        quantiles("first_token"),
    ),
    Measure(
        "llmcost_unpriced_requests",
        "Requests whose price is not known; their cost is in no sum.",
        UNCOSTED,
        {"unpriced_requests": None},
    ),
    Measure(
        "llmcost_usage_missing_requests",
        "Answers logged without usage; billed, but not known how much.",
        UNCOSTED,
        {"usage_missing_requests": None},
    ),
)
BUDGETS = {
    "budget_usd": Gauge("llmcost_budget_usd", "What llmcost.yaml allows in the day or month, US dollars.", ()),
    "spent_usd": Gauge("llmcost_budget_spent_usd", "Spent in the day or month of the last request, US dollars.", ()),
    "expected_usd": Gauge("llmcost_budget_expected_usd", "Forecast for the end of that day or month, US dollars.", ()),
}
