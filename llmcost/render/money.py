"""Exact numbers and US dollars as text: with every digit, to the cent, or to the decimals that a small amount needs."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

Amount = Decimal | Fraction | float
# so many digits of the smallest amount are shown
SIGNIFICANT = 3
CENTS, MOST_DECIMALS = 2, 12


def exact(value: Decimal) -> str:
    """Write a Decimal without exponent and without zeros at its end."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def dollars(value: Amount | None, decimals: int = CENTS) -> str:
    """Write dollars; less than the smallest unit shown is not nothing, and None is not known."""
    if value is None:
        return "not known"
    amount = float(value) if isinstance(value, Fraction) else value
    unit = Decimal(1).scaleb(-decimals)
    if -unit < amount < 0:
        return f"-<${unit:f}"
    if 0 < amount < unit:
        return f"<${unit:f}"
    return f"${amount:,.{decimals}f}" if amount >= 0 else f"-${-amount:,.{decimals}f}"


def signed_dollars(value: Amount, decimals: int = CENTS) -> str:
    """Write a difference, with its sign."""
    size = -value if value < 0 else value
    return ("-" if value < 0 else "+") + dollars(size, decimals)


def exact_dollars(value: Decimal | None) -> str:
    """Write dollars with every digit, or that they are unknown."""
    return "unknown" if value is None else f"${exact(value)}"


def range_of(low: Amount | None, high: Amount | None) -> str:
    """Write a range."""
    return f"{dollars(low)} to {dollars(high)}"


def decimals_for(*amounts: Amount) -> int:
    """Count the decimals that tell the smallest of these amounts: two, or more where it is little."""
    known = [amount for amount in amounts if amount > 0]
    if not known:
        return CENTS
    return max(CENTS, min(MOST_DECIMALS, SIGNIFICANT - 1 - math.floor(math.log10(float(min(known))))))
