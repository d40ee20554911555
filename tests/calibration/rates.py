"""List prices in USD per million tokens, copied from pricing.yaml by hand: the truth is not to need llmcost."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Price(NamedTuple):
    """The model that the book names as smaller, and what a model costs."""

    smaller: str
    input: Decimal
    output: Decimal
    cache_read: Decimal = Decimal(0)
    cache_write: Decimal = Decimal(0)
    cache_write_1h: Decimal = Decimal(0)

    def cost(self, input_tokens: int, output_tokens: int = 0) -> Decimal:
        """Multiply; exact."""
        return (self.input * input_tokens + self.output * output_tokens).scaleb(-6)


def price(rates: str, smaller: str = "") -> Price:
    """Read rates in the order of the fields."""
    return Price(smaller, *(Decimal(rate) for rate in rates.split()))


PRICES = {
    "claude-sonnet-5-5": price("2 10 0.1 2.5 4"),
    "claude-opus-5-5": price("4 20 0.2 5 8"),
    # up to 200,000 tokens of input
    "claude-sonnet-4-5": price("3 15 0.3 3.75 6", smaller="claude-haiku-4-5"),
    "claude-opus-4-5": price("5 25 0.5 6.25 10", smaller="claude-haiku-4-5"),
    "claude-haiku-4-5": price("1 5"),
    "gpt-4.1": price("2 8", smaller="gpt-4.1-mini"),
    "gpt-4.1-mini": price("0.4 1.6"),
    # up to 272,000 tokens of input
    "gpt-6-sol": price("2 10", smaller="gpt-6-luna"),
    "gpt-6-luna": price("0.1 0.5"),
    "text-embedding-3-large": price("0.13 0"),
    "text-embedding-3-small": price("0.02 0"),
}
