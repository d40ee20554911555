"""What a figure shows, in words: for who does not see it, and for who wants its point at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from llmcost.counts import agreeing, counted
from llmcost.render import Figure
from llmcost.render.cell import heading, humanize


@dataclass(frozen=True)
class Point:
    """One row of the figure's table, by what the figure makes of its columns."""

    x: Any
    y: Any
    part: Any = None
    low: Any = None
    high: Any = None

    def in_order(self) -> tuple[Any, ...]:
        """Give the values as a reader wants to read them."""
        return self.x, self.part, self.y, self.low, self.high


def sentence(figure: Figure, known: list[Point], *, unknown: int, drawn: int) -> str:
    """Say what is drawn, from where to where, which is the most, and what is left out."""
    return " ".join(clauses(figure, known, unknown, drawn))


def clauses(figure: Figure, known: list[Point], unknown: int, drawn: int) -> Iterator[str]:
    """Say it piece by piece."""
    what, count = heading(figure.y).capitalize(), len({point.x for point in known})
    if figure.kind == "series":
        yield f"{what} {over(figure, known)}{lines(figure, known)}: {extremes(figure, known)}."
    elif figure.kind == "waterfall":
        yield f"{what} {steps(figure, known)}."
    else:
        between = ", each with its range" if figure.kind == "ranges" else ""
        yield f"{what} by {heading(figure.x)}{between}: {extremes(figure, known)}."
    if drawn < count:
        yield f"Drawn are the {drawn} largest of {count}."
    if unknown:
        yield f"{counted(unknown, 'value')} {agreeing(unknown, 'is', 'are')} not known and not drawn."


def over(figure: Figure, known: list[Point]) -> str:
    """Say from where to where a line runs."""
    ends = (humanize(figure.x, end(point.x for point in known)) for end in (min, max))
    return "from {} to {}".format(*ends)


def steps(figure: Figure, known: list[Point]) -> str:
    """Say where a waterfall begins and ends, and its largest step."""
    start, *taken = known
    first, last = humanize(figure.y, start.y), humanize(figure.y, sum(point.y for point in known))
    largest_step = f"; the largest is {describe(figure, max(taken, key=lambda point: abs(point.y)))}" if taken else ""
    return f"from {first} to {last} in {counted(len(taken), 'step')}{largest_step}"


def lines(figure: Figure, known: list[Point]) -> str:
    """Say how many lines there are."""
    count = len({point.part for point in known})
    return f", {count} lines by {heading(figure.parts)}" if figure.parts and count > 1 else ""


def extremes(figure: Figure, known: list[Point]) -> str:
    """Name the least and the most, and whose it is."""
    if len(known) == 1:
        return largest(figure, known)
    return f"{humanize(figure.y, min(point.y for point in known))} to {largest(figure, known)}"


def largest(figure: Figure, known: list[Point]) -> str:
    """Write the largest value with where it stands."""
    return describe(figure, max(known, key=lambda point: point.y))


def describe(figure: Figure, top: Point) -> str:
    """Write a value with where it stands."""
    where = [humanize(figure.x, top.x)] + ([humanize(figure.parts, top.part)] if figure.parts else [])
    if top.low is not None and top.high is not None:
        where.append(f"{humanize(figure.low or '', top.low)} to {humanize(figure.high or '', top.high)}")
    return f"{humanize(figure.y, top.y)} ({', '.join(where)})"
