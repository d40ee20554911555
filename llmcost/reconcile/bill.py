"""A provider's bill as lines of day, name and amount; every refusal names its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

from llmcost.errors import InputError

DECIMALS = Decimal(1).scaleb(-21)
DIGITS = 60
WHOLE_DIGITS = 15


@dataclass(frozen=True)
class Line:
    """One charge: a day (UTC), USD, and what it is for, most telling name first; `other` where no name is a model."""

    day: date
    amount_usd: Decimal
    names: tuple[str, ...] = ()
    other: str | None = None


@dataclass(frozen=True)
class Bill:
    """A bill of one provider, or of none that it names; it covers every day of [first_day, last_day]."""

    kind: str
    provider: str | None
    lines: tuple[Line, ...]
    first_day: date
    last_day: date


def money(value: Any, place: str) -> Decimal:
    """Read an amount exactly, to 21 decimals; what is not a finite number is refused."""
    try:
        amount = Decimal(str(value).strip().removeprefix("$").replace(",", ""))
    except InvalidOperation:
        raise InputError(f"{place}: {value!r} is not an amount", hint="a decimal number such as 12.3456") from None
    if not amount.is_finite() or amount.adjusted() >= WHOLE_DIGITS:
        raise InputError(f"{place}: {value!r} is not an amount of money")
    with localcontext() as context:
        context.prec = DIGITS
        return amount.quantize(DECIMALS)


def cents(value: Any, place: str) -> Decimal:
    """Read an amount of the currency's lowest unit, as Anthropic writes it."""
    with localcontext() as context:
        context.prec = DIGITS
        return money(value, place).scaleb(-2).quantize(DECIMALS)


def moment(value: Any, place: str) -> datetime:
    """Read a time as UTC: seconds since 1970 or ISO 8601."""
    text = str(value).strip()
    try:
        if text.isdigit() and len(text) != len("20261101"):
            return datetime.fromtimestamp(int(text), UTC)
        parsed = datetime.fromisoformat(text.removesuffix(" UTC"))
    except (ValueError, OverflowError, OSError):
        raise InputError(f"{place}: {value!r} is not a day", hint="2026-11-01 or 2026-11-01T00:00:00Z") from None
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def dollars_only(currency: Any, place: str) -> None:
    """Refuse an amount in another currency: a rate of our own would make the difference."""
    if str(currency or "USD").strip().upper() != "USD":
        raise InputError(
            f"{place}: {currency!r} is not USD", hint="convert the bill at the rate that you were billed at"
        )


def bill_of(kind: str, provider: str | None, lines: list[Line], days: list[date], place: str) -> Bill:
    """Make a bill of its lines and the days that it speaks of; one without a day is none."""
    if not days:
        raise InputError(f"{place}: the bill has no day", hint="it is empty; was the period right when it was made?")
    return Bill(kind, provider, tuple(lines), min(days), max(days))
