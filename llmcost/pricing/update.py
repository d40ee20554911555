"""What a source would change in a book: new models, new periods, and what is held back. Nothing old is rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from llmcost.pricing.book import FEES, Book, Model, Period
from llmcost.pricing.rates import RATE_COLUMNS, PriceRow, period_rows

# A rate that changes by more than this is more often a slip of the source than a price.
MAX_JUMP = 5
Figures = dict[str, Decimal | None]


@dataclass(frozen=True)
class Difference:
    """A rate of one service level and size: what the book says today and what the source says, in the book's units."""

    context: str
    tier_over: int
    rate: str
    ours: Decimal | None
    theirs: Decimal | None

    @property
    def is_suspect(self) -> bool:
        """Whether a price became nothing, came from nothing, or jumped more than fivefold."""
        if self.ours is None or self.theirs is None:
            return False
        if not self.ours or not self.theirs:
            return self.ours != self.theirs
        return max(self.ours / self.theirs, self.theirs / self.ours) > MAX_JUMP


@dataclass(frozen=True)
class Change:
    """What one model would become: `kind` is new model, new period, announced or correction."""

    kind: str
    model: Model
    start: date | None
    differences: tuple[Difference, ...]

    @property
    def is_suspect(self) -> bool:
        """Whether the change is held back until it is confirmed."""
        return any(difference.is_suspect for difference in self.differences)


def changes(book: Book, incoming: Iterable[Model], today: date, corrections: frozenset[str]) -> Iterator[Change]:
    """Compare a source's models with the book's as of today; one named in `corrections` has its period rewritten."""
    ours = {(m.provider, name.lower()): m for m in book.models for name in (*m.match, m.model)}
    for theirs in incoming:
        name = theirs.model.lower()
        mine = ours.get((theirs.provider, name)) or ours.get((theirs.provider, name.removesuffix("-latest")))
        if mine is None:
            yield Change("new model", with_checked(theirs, today), None, ())
            continue
        change = change_of(mine, theirs, today, is_correction=bool({theirs.model, mine.model} & corrections))
        if change:
            yield change


def change_of(mine: Model, theirs: Model, today: date, *, is_correction: bool) -> Change | None:
    """Compare one model; the periods of ours stay as they are unless it is a correction."""
    now, said = period_at(mine, today), period_at(theirs, today)
    if now and said:
        # what a source does not name it does not change
        said = replace(said, rates={**now.rates, **said.rates})
    last = mine.periods[-1].start or date.min
    announced = tuple(p for p in theirs.periods if p.start and p.start > max(today, last))
    found = tuple(differences(mine, now, theirs, said)) if said else ()
    if not found:
        if not announced:
            return None
        return Change("announced", joined(mine, mine.periods, announced, today), announced[0].start, ())
    assert said is not None
    kept = [v for v in (now.variants if now else ()) if v.when not in {variant.when for variant in said.variants}]
    if is_correction and now is not None:
        fresh = replace(said, start=now.start, variants=(*said.variants, *kept))
        periods = tuple(fresh if period is now else period for period in mine.periods)
        return Change("correction", joined(mine, periods, announced, today, fresh), now.start, found)
    start = said.start if said.start and last < said.start <= today else today
    if start <= last:
        return None  # ours already ends with what is announced for later, or began today
    fresh = replace(said, start=start, variants=(*said.variants, *kept))
    return Change("new period", joined(mine, (*mine.periods, fresh), announced, today, fresh), start, found)


def joined(
    mine: Model, periods: tuple[Period, ...], announced: tuple[Period, ...], today: date, fresh: Period | None = None
) -> Model:
    """Put periods together; what is new says when it was seen."""
    new = {id(period) for period in (*announced, *([fresh] if fresh else []))}
    every = [replace(p, checked=today) if id(p) in new else p for p in (*periods, *announced)]
    for at, period in enumerate(every[:-1]):
        following = every[at + 1].start
        if period.end is None or (following and period.end > following):
            every[at] = replace(period, end=following)
    return replace(mine, periods=tuple(every))


def with_checked(model: Model, today: date) -> Model:
    """Say of every period when it was seen."""
    return replace(model, periods=tuple(replace(period, checked=today) for period in model.periods))


def period_at(model: Model, day: date) -> Period | None:
    """Find the period of a day; None in a gap or before the first."""
    for period in reversed(model.periods):
        if (period.start or date.min) <= day:
            return period if period.end is None or day < period.end else None
    return None


def differences(mine: Model, now: Period | None, theirs: Model, said: Period) -> Iterator[Difference]:
    """Compare what two periods cost, rate by rate, for every service level that the source has."""
    old = figures(mine, now) if now else {}
    new = figures(theirs, said)
    contexts = {(context, hours) for context, hours, _ in new}
    for context, hours in sorted(contexts):
        overs = {over for c, h, over in (*old, *new) if (c, h) == (context, hours)}
        for over in sorted(overs):
            before, after = (at_size(table, context, hours, over) for table in (old, new))
            for rate in (*RATE_COLUMNS, *FEES):
                if before.get(rate) != after.get(rate):
                    yield Difference(context, over, rate, before.get(rate), after.get(rate))


def figures(model: Model, period: Period) -> dict[tuple[str, tuple[int, int, int], int], Figures]:
    """Lay a period out: service level, hours and size to its rates, filled in as requests are priced."""
    return {
        (row.context, (row.days, row.minute_from, row.minute_to), row.tier_over): rates_in(row)
        for row in period_rows(0, model, period, [])
    }


def rates_in(row: PriceRow) -> Figures:
    """Take the rates and fees of a row."""
    return {name: getattr(row, name) for name in (*RATE_COLUMNS, *FEES)}


def at_size(
    table: dict[tuple[str, tuple[int, int, int], int], Figures], context: str, hours: tuple[int, int, int], over: int
) -> Figures:
    """Find the rates of a request just larger than `over`."""
    sizes = [o for c, h, o in table if (c, h) == (context, hours) and o <= over]
    return table[context, hours, max(sizes)] if sizes else {}
