"""Where prices come from: each module turns one source into models of the book's own kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from llmcost.pricing.book import Model
from llmcost.pricing.loader import MAX_DECIMALS


@dataclass
class Source:
    """Models of a source, and what of it could not be taken: by component or kind, how often."""

    name: str
    models: list[Model] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def tidy(value: Decimal) -> Decimal:
    """Give nine decimals at most, all that a price has, without zeros at the end and without an exponent."""
    return Decimal(f"{round(value, MAX_DECIMALS).normalize():f}")
