"""Write models as YAML of the format `llmcost-pricing/1`; reading it gives the same models again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from llmcost.pricing.book import FEES, TOKEN_RATES, Model, Period, Rates, Tier, Variant, Window
from llmcost.pricing.periods import WEEKDAYS, clock

WIDTH = 118
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
# YAML 1.1 reads these as truths, and people edit these files with tools that follow it
WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


def model_lines(model: Model) -> Iterator[str]:
    """Write one entry of `models`, indented by two."""
    yield f"  - provider: {scalar(model.provider)}"
    yield f"    model: {scalar(model.model)}"
    yield from listed("match", [scalar(name) for name in model.match])
    yield "    prices:"
    for lines in periods_texts(model.periods):
        yield from lines


def listed(key: str, items: list[str]) -> Iterator[str]:
    """Write a list on one line, or on one line each."""
    line = f"    {key}: [{', '.join(items)}]"
    if len(line) <= WIDTH:
        yield from [line] if items else []
        return
    yield f"    {key}:"
    yield from (f"      - {item}" for item in items)


def periods_texts(periods: tuple[Period, ...], indent: int = 6) -> Iterator[list[str]]:
    """Write the entries of `prices`, the lines of each; an end only where no next period begins there."""
    for period, following in zip_longest(periods, periods[1:]):
        end = period.end if following is None or following.start != period.end else None
        yield list(period_lines(period, end, indent))


def period_lines(period: Period, end: date | None, indent: int) -> Iterator[str]:
    """Write one entry of `prices`: on one line where it fits and has no parts."""
    head = {
        **({"from": str(period.start)} if period.start else {}),
        **({"to": str(end)} if end else {}),
        **numbers(period.rates),
    }
    notes = {
        **({"source": scalar(period.source)} if period.source else {}),
        **({"checked": str(period.checked)} if period.checked else {}),
        **({"note": scalar(period.note)} if period.note else {}),
    }
    parts = {
        "tiers": [tier_text(tier) for tier in period.tiers],
        "windows": [window_text(window) for window in period.windows],
        "variants": [variant_text(variant) for variant in period.variants],
    }
    margin = " " * indent
    one_line = f"{margin}- {flow({**head, **notes})}"
    if not any(parts.values()) and len(one_line) <= WIDTH:
        yield one_line
        return
    lead = "- "
    for key, value in head.items():
        yield f"{margin}{lead}{key}: {value}"
        lead = "  "
    for key, items in parts.items():
        if items:
            yield f"{margin}  {key}:"
            yield from (f"{margin}    - {item}" for item in items)
    for key, value in notes.items():
        yield f"{margin}  {key}: {value}"


def tier_text(tier: Tier) -> str:
    """Write one entry of `tiers`."""
    return flow({"over": str(tier.over), **numbers(tier.rates)})


def variant_text(variant: Variant) -> str:
    """Write one entry of `variants`."""
    inner: dict[str, str] = {"when": flow({axis: scalar(value) for axis, value in variant.when})}
    inner |= numbers(variant.rates)
    if variant.tiers:
        inner["tiers"] = f"[{', '.join(tier_text(tier) for tier in variant.tiers)}]"
    if variant.multiply is not None:
        inner["multiply"] = number(variant.multiply)
    return flow(inner)


def window_text(window: Window) -> str:
    """Write one entry of `windows`."""
    days = {} if len(window.days) == len(WEEKDAYS) else {"days": f"[{', '.join(WEEKDAYS[d] for d in window.days)}]"}
    clocks = {"from": f'"{clock(window.minute_from)}"', "to": f'"{clock(window.minute_to)}"'}
    factor = {} if window.multiply is None else {"multiply": number(window.multiply)}
    return flow({**days, **clocks, **numbers(window.rates), **factor})


def numbers(rates: Rates) -> dict[str, str]:
    """Write rates in the order of the format."""
    return {name: number(rates[name]) for name in (*TOKEN_RATES, *FEES) if name in rates}


def number(value: Decimal) -> str:
    """Write a number without exponent and without zeros at its end."""
    return f"{value.normalize():f}"


def scalar(text: str) -> str:
    """Write text plainly where YAML cannot take it for something else."""
    if PLAIN.fullmatch(text) and text.lower() not in WORDS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def flow(pairs: dict[str, str]) -> str:
    """Write a mapping on one line."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"
