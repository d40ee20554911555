"""What invented requests cost: docs/pricing.md in fractions, for a book of a few models."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

Request = dict[str, Any]
BOOK = """\
format: llmcost-pricing/1
models:
  - provider: acme
    model: m
    prices:
      - {to: 2026-03-29, input: 10, output: 20, cache_read: 1, cache_write: 12.5, cache_write_1h: 20}
      - {from: 2026-03-29, input: 8.123456789, output: 19, cache_read: 0.8, cache_write: 10, cache_write_1h: 16.1}
  - provider: acme
    model: half
    prices:
      - input: 0.123456788
        cache_read: 0.012345678
        cache_write: 0.123456788
        cache_write_1h: 0.2
        output: 0.5
        variants: [{when: {processing: batch}, multiply: 0.5}]
  - {provider: other, model: m, prices: [{input: 10.5, output: 20}]}
deployments:
  - {name: pilot, provider: acme, model: m, billing: provisioned}
adjust: [{provider: other, model: m, multiply: 0.930001}]
"""
NEW_PRICE = datetime(2026, 3, 29)


class Rates(NamedTuple):
    """USD per million tokens, the contract's factor already in."""

    input: Fraction
    output: Fraction
    read: Fraction
    write: Fraction
    write_1h: Fraction


def rates(r: Request) -> Rates | None:
    """Look the rates up; None where the book has no price."""
    name = (r["provider_name"], r["request_model"])
    if name == ("acme", "m"):
        return made("8.123456789 19 0.8 10 16.1" if r["started_at"] >= NEW_PRICE else "10 20 1 12.5 20")
    if name == ("acme", "half"):
        return made("0.123456788 0.5 0.012345678 0.123456788 0.2", "0.5" if r["is_batch"] else "1")
    # caches that the book does not name cost what input does
    return made("10.5 20 10.5 10.5 10.5", "0.930001") if name == ("other", "m") else None


def made(numbers: str, factor: str = "1") -> Rates:
    return Rates(*(Fraction(number) * Fraction(factor) for number in numbers.split()))


def is_provisioned(r: Request) -> bool:
    return bool(r["deployment_id"] == "pilot")


def parts(r: Request) -> tuple[int, int, int, int, int]:
    """Count each token once: fresh input, output, read, written, written for an hour."""
    read, written, hour = (r[f"cache_{name}_input_tokens"] or 0 for name in ("read", "write", "write_1h"))
    return r["input_tokens"] - read - written, r["output_tokens"], read, written - hour, hour


def has_usage(r: Request) -> bool:
    """Tell whether the provider told input and output, and parts that fit into them."""
    if r["usage_source"] != "provider" or r["input_tokens"] is None or r["output_tokens"] is None:
        return False
    return min(parts(r)) >= 0


def by_the_token(r: Request) -> Fraction | None:
    """Multiply; None where there is no price or no usage."""
    found = rates(r)
    if found is None or not has_usage(r):
        return None
    fresh, output, read, written, hour = parts(r)
    micro_usd = (
        found.input * fresh + found.output * output + found.read * read + found.write * written + found.write_1h * hour
    )
    return micro_usd / 1_000_000


def cost(r: Request) -> Fraction | None:
    """Say what is paid for a request; None where that is not known."""
    if r["gateway_cache_hit"] or (r["usage_source"] == "missing" and r["status"] == "error"):
        return Fraction(0)
    found = by_the_token(r)
    return Fraction(0) if is_provisioned(r) and found is not None else found


def has_price(r: Request) -> bool:
    """Tell whether it is paid by the token at a price that is known."""
    return not r["gateway_cache_hit"] and not is_provisioned(r) and by_the_token(r) is not None


def cache_saved(r: Request) -> Fraction:
    """Say what a provider's cache spared a priced request: reads below the input rate, less writes above it."""
    found = rates(r)
    assert found is not None
    _, _, read, written, hour = parts(r)
    spared = read * (found.input - found.read)
    dearer = written * (found.write - found.input) + hour * (found.write_1h - found.input)
    return (spared - dearer) / 1_000_000


def would_have_cost(r: Request) -> Fraction | None:
    """Say what an answer of the gateway's cache would have cost by the token; None where its tokens are not logged.

    Whoever counted them: nobody pays for this count.
    """
    return by_the_token({**r, "usage_source": "provider"})


def known_sum(values: Iterable[Any]) -> Any:
    """Add up what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
