"""Names of other people's logs get their own price from the shipped book, or a reason: `cases/public/names.yaml`."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.pricing import Key, Resolver, load_book, shipped_book_path
from llmcost.pricing.rates import rows_of
from tests.shelves import read_yaml

KINDS = read_yaml(Path(__file__).parent / "cases" / "public" / "names.yaml")
CASES = [(kind, case) for kind, cases in KINDS.items() for case in cases]
BOOK = load_book([shipped_book_path()])
RESOLVER = Resolver(BOOK)


def price_of(case: dict[str, Any]) -> tuple[object, ...]:
    """Resolve a case, and give who sells it with its rates on the case's day, or the reason why it has none."""
    level = (case.get("tier"), case.get("batch", False), case.get("speed"), case.get("geo"))
    found = RESOLVER.resolve(Key(case.get("provider"), case["model"], None, *level))
    if found.rule_id is None or found.price_status != "priced":
        return (found.price_status,)
    moment = datetime.combine(case.get("day", date(2026, 8, 20)), time(12))
    (row,) = (
        row
        for row in rows_of(BOOK, [found.rule_id])
        if row.context == found.context and row.valid_from <= moment < row.valid_to and row.tier_over < 1
    )
    return found.provider, row.input, row.output


def wanted(case: dict[str, Any]) -> tuple[object, ...]:
    """Give what the case says."""
    return (case["reason"],) if "reason" in case else (case["of"], Decimal(str(case["in"])), Decimal(str(case["out"])))


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind}: {case['model']}" for kind, case in CASES])
def test_a_name_has_the_price_of_who_served_it(kind: str, case: dict[str, Any]) -> None:
    assert wanted(case) == price_of(case)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_case_that_only_looks_like_it(kind: str) -> None:
    cases = KINDS[kind]

    assert len(cases) >= 4 and any("trap" in case for case in cases)
