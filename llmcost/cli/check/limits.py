"""The limits of a check, as they are written on the command line or in llmcost.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from llmcost.check import Rules
from llmcost.check.caps import Caps
from llmcost.check.decision import Limits
from llmcost.check.run import SEED
from llmcost.configuration import open_configuration
from llmcost.errors import UsageError

NONE = "none"
NUMBER = r"\d+(?:\.\d+)?"


@dataclass(frozen=True)
class CheckConfig:
    """Limits and keys as text, as they are where nothing else is said."""

    max_increase: str = "5%"
    min_increase_usd: str = "0.0001"
    max_case_increase: str = "3x"
    max_total_usd: str = NONE
    max_case_usd: str = NONE
    max_amplification_increase: str = "25%"
    max_cache_drop: str = "10%"
    max_latency_increase: str = NONE
    case_key: str | None = None
    run_key: str | None = None
    route_key: str | None = None


def limits_of(given: Mapping[str, str | None]) -> CheckConfig:
    """Lay the command line over llmcost.yaml, and that over what is usual."""
    said = {name: value for name, value in given.items() if value is not None}
    return CheckConfig(**{**open_configuration().check, **said})


def rules_of(config: CheckConfig, *, allow_unpriced: bool, seed: int | None) -> Rules:
    """Read the limits. Raises UsageError for one that is none."""
    increase = share("--max-increase", config.max_increase)
    times = factor("--max-case-increase", config.max_case_increase)
    if increase is None:
        raise UsageError("--max-increase none: this is what a check is for", hint="--max-increase 5%")
    return Rules(
        Limits(
            max_increase=increase,
            min_increase_usd=float(dollars("--min-increase-usd", config.min_increase_usd) or 0),
            max_case_increase=float("inf") if times is None else times,
        ),
        Caps(
            dollars("--max-total-usd", config.max_total_usd),
            dollars("--max-case-usd", config.max_case_usd),
            share("--max-amplification-increase", config.max_amplification_increase),
            share("--max-cache-drop", config.max_cache_drop),
            share("--max-latency-increase", config.max_latency_increase),
            not allow_unpriced,
        ),
        SEED if seed is None else seed,
    )


def share(option: str, text: str) -> float | None:
    """Read `5%` or `0.05`."""
    if text == NONE:
        return None
    found = re.fullmatch(rf"({NUMBER})(%?)", text.strip())
    if not found:
        raise UsageError(f"{option} {text}: no share", hint=f"{option} 5%, or none")
    return float(Decimal(found[1]) / (100 if found[2] else 1))


def factor(option: str, text: str) -> float | None:
    """Read `3x` or `3`."""
    if text == NONE:
        return None
    found = re.fullmatch(rf"({NUMBER})x?", text.strip())
    if not found or float(found[1]) <= 1:
        raise UsageError(f"{option} {text}: no factor above 1", hint=f"{option} 3x, or none")
    return float(found[1])


def dollars(option: str, text: str) -> Decimal | None:
    """Read `$0.01` or `0.01`."""
    if text == NONE:
        return None
    found = re.fullmatch(rf"\$?({NUMBER})", text.strip())
    if not found:
        raise UsageError(f"{option} {text}: no amount in USD", hint=f"{option} 0.01")
    return Decimal(found[1])
