"""How far a source and a book say the same today: prices that both name, and those of them that are equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from llmcost.pricing.book import FEES, Book, Model, Period
from llmcost.pricing.rates import RATE_COLUMNS, PriceRow, period_rows
from llmcost.pricing.update import at_size, figures, period_at


@dataclass(frozen=True)
class Agreement:
    """Prices of one provider that both sides name: how many there are, and how many are equal."""

    compared: int
    equal: int


def agreement(book: Book, incoming: Iterable[Model], today: date) -> Mapping[str, Agreement]:
    """Compare what both sides name, by provider: the rates of every service level and size of a model."""
    ours = names_of(book)
    found: dict[str, Agreement] = {}
    for theirs in incoming:
        mine = ours.get((theirs.provider, theirs.model.lower()))
        now, said = (period_at(mine, today) if mine else None), period_at(theirs, today)
        if mine is None or now is None or said is None:
            continue
        pairs = list(named_by_both(mine, now, theirs, said))
        before = found.get(theirs.provider, Agreement(0, 0))
        equal = sum(our == their for our, their in pairs)
        found[theirs.provider] = Agreement(before.compared + len(pairs), before.equal + equal)
    return found


def named_by_both(mine: Model, now: Period, theirs: Model, said: Period) -> Iterator[tuple[Decimal, Decimal]]:
    """Pair the prices of two periods; what either takes from a neighbour is not named."""
    ours = figures(mine, now)
    for row in period_rows(0, theirs, said, []):
        beside = at_size(ours, row.context, (row.days, row.minute_from, row.minute_to), row.tier_over)
        for rate in named_in(row):
            if (our := beside.get(rate)) is not None:
                yield our, getattr(row, rate)


def named_in(row: PriceRow) -> Iterator[str]:
    """Name the rates that a source gives; a fee of nothing is none."""
    assumed = row.assumed.split(",")
    for rate in (*RATE_COLUMNS, *FEES):
        value = getattr(row, rate)
        if value is not None and rate not in assumed and (value or rate not in FEES):
            yield rate


def names_of(book: Book) -> Mapping[tuple[str, str], Model]:
    """Give each model under every name of its own."""
    return {(model.provider, name.lower()): model for model in book.models for name in (*model.match, model.model)}
