"""The rules of a check out of its settings."""

from __future__ import annotations

from llmcost.check.caps import Caps
from llmcost.check.decision import Limits
from llmcost.check.keys import Keys
from llmcost.check.run import SEED, Rules
from llmcost.check_settings import CheckSettings, KeySettings
from llmcost.errors import UsageError


def rules_of(settings: CheckSettings, *, allow_unpriced: bool = False, seed: int | None = None) -> Rules:
    """Read the limits. Raises UsageError for one that is not one."""
    caps = Caps(
        total_usd=settings.value("max_total_usd"),
        case_usd=settings.value("max_case_usd"),
        amplification_increase=settings.value("max_amplification_increase"),
        cache_drop=settings.value("max_cache_drop"),
        latency_increase=settings.value("max_latency_increase"),
        fails_unpriced=not allow_unpriced,
    )
    return Rules(limits_of(settings), caps, SEED if seed is None else seed)


def limits_of(settings: CheckSettings) -> Limits:
    """Read what the statistics are held against."""
    increase, times = settings.value("max_increase"), settings.value("max_case_increase")
    if increase is None:
        raise UsageError("--max-increase none: this is what a check is for", hint="--max-increase 5%")
    return Limits(
        max_increase=float(increase),
        min_increase_usd=float(settings.value("min_increase_usd") or 0),
        max_case_increase=float("inf") if times is None else float(times),
    )


def keys_of(settings: KeySettings) -> Keys:
    """Take where the names of cases, runs and routes stand."""
    return Keys(settings.case_key, settings.run_key, settings.route_key)
