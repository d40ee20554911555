"""LiteLLM's file of prices (MIT) as models: many providers, no dates, one price at a time.

It fills gaps and is a second opinion. Prices of 0 for both directions are left out: there they mostly mean unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from llmcost.errors import UsageError
from llmcost.pricing.book import FEES, Model, Period, Rates, Tier, Variant
from llmcost.pricing.sources import Source, tidy

RATES = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_audio_token": "input_audio",
    "output_cost_per_audio_token": "output_audio",
    "input_cost_per_image_token": "input_image",
    "output_cost_per_image_token": "output_image",
    "cache_read_input_audio_token_cost": "cache_read_audio",
    "cache_read_input_image_token_cost": "cache_read_image",
    "input_cost_per_query": "request",
}
KEY = re.compile(r"(.+?)(?:_above_(\d+)k_tokens)?(?:_(batches|priority|flex))?")
LEVELS = {
    "batches": (("processing", "batch"),),
    "priority": (("service_tier", "priority"),),
    "flex": (("service_tier", "flex"),),
}
SIZES = ("low", "medium", "high")
PROVIDERS = {
    "azure_ai": "azure",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "cohere_chat": "cohere",
    "fireworks_ai": "fireworks",
    "gemini": "google",
    "moonshot": "moonshotai",
    "text-completion-openai": "openai",
    "together_ai": "together",
    "voyage": "voyageai",
    "xai": "x-ai",
}
INSTALLED = "model_prices_and_context_window_backup.json"
Step = tuple[int, str]  # above so many tokens, at a service level


def read_installed() -> Source:
    """Read the list in an installed LiteLLM, which is not imported. Raises UsageError where there is none."""
    found = find_spec("litellm")
    places = found.submodule_search_locations if found else None
    if not places:
        raise UsageError("litellm is not installed", hint="pip install litellm, or name its price file")
    return read_litellm(Path(places[0]) / INSTALLED, f"litellm {version('litellm')}")


def read_litellm(path: Path, name: str = "") -> Source:
    """Read `model_prices_and_context_window.json`; raises UsageError with the file's line for what is not JSON.

    `name` is what its prices say where they are from, without it the file.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}: not JSON: {error.msg}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {type(error).__name__}") from error
    marked = entries.values() if isinstance(entries, dict) else ()
    if not any(isinstance(entry, dict) and "litellm_provider" in entry for entry in marked):
        raise UsageError(f"{path}: no LiteLLM price file", hint="its entries have `litellm_provider`")
    source = Source(name or path.name)
    seen: dict[tuple[str, str], Model] = {}
    for key, entry in entries.items():
        model = read_entry(key, entry, source) if isinstance(entry, dict) else None
        if model:
            seen.setdefault((model.provider, model.model.lower()), model)
    source.models.extend(seen.values())
    return source


def read_entry(name: str, entry: dict[str, Any], source: Source) -> Model | None:
    """Read one model; None where it has no price per token or call."""
    said = str(entry.get("litellm_provider") or "")
    provider = "google" if said.startswith("vertex_ai") else PROVIDERS.get(said, said)
    if not provider or name == "sample_spec":
        return None
    steps = steps_of(entry)
    base = steps.get((0, ""), {})
    if not base.get("input") and not base.get("output") and not base.get("request"):
        source.left_out["models without a price, or with 0 for both directions"] += 1
        return None
    base |= searches(entry, "medium")
    variants = [*levels(steps, base), *sizes(entry, base)]
    prefixes = (said + "/", "vertex_ai/")
    bare = next((name.removeprefix(prefix) for prefix in prefixes if name.startswith(prefix)), name)
    tiers = tuple(tiers_of(steps, ""))
    period = Period(None, None, base, tiers, tuple(variants), (), source.name, None, None, name)
    return Model(provider, bare, (), (period,))


def steps_of(entry: dict[str, Any]) -> dict[Step, Rates]:
    """Sort an entry's rates by size and service level, as USD per million tokens or per call."""
    steps: dict[Step, Rates] = {}
    for key, value in entry.items():
        if key in RATES:
            rate, over, level = RATES[key], 0, ""
        else:
            parts = KEY.fullmatch(key)
            if not parts or parts[1] not in RATES or not (parts[2] or parts[3]):
                continue
            rate, over, level = RATES[parts[1]], int(parts[2] or 0) * 1000, parts[3] or ""
        if isinstance(value, int | Decimal) and value >= 0:
            number = Decimal(value)
            steps.setdefault((over, level), {})[rate] = tidy(number if rate in FEES else number * 1_000_000)
    return steps


def tiers_of(steps: dict[Step, Rates], level: str) -> Iterator[Tier]:
    """Give the tiers of a service level in order, each with all that changed up to it."""
    rates: Rates = {}
    for over, of_level in sorted(steps):
        if over and of_level == level:
            rates = {**rates, **steps[over, of_level]}
            yield Tier(over, rates)


def levels(steps: dict[Step, Rates], base: Rates) -> Iterator[Variant]:
    """Give the service levels; what one does not name costs what it costs otherwise."""
    standard = {name: rate for name, rate in base.items() if name not in FEES}
    for level, when in LEVELS.items():
        if (0, level) in steps:
            yield Variant(when, {**standard, **steps[0, level]}, tuple(tiers_of(steps, level)), None)


def searches(entry: dict[str, Any], size: str) -> Rates:
    """Read the fee of a search with a context of one size."""
    fees = entry.get("search_context_cost_per_query")
    fee = fees.get(f"search_context_size_{size}") if isinstance(fees, dict) else None
    return {"web_search": tidy(Decimal(fee))} if isinstance(fee, int | Decimal) else {}


def sizes(entry: dict[str, Any], base: Rates) -> Iterator[Variant]:
    """Give the sizes of a search's context that cost otherwise than the usual one."""
    for size in SIZES:
        fee = searches(entry, size)
        if fee and fee["web_search"] != base.get("web_search"):
            yield Variant((("search_context_size", size),), fee, (), None)
