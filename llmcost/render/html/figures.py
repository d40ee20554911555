"""A figure as the page's script draws it: points with their values, and every text that it shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from llmcost.render import Figure
from llmcost.render.cell import heading, humanize, is_number
from llmcost.render.html.sentence import Point, sentence

# more bars are not read one by one, more colours look alike
MOST_BARS = 20
MOST_PARTS = 6
# with more times a line cannot be read, nor the page be opened
MOST_POINTS = 10_000
OTHERS = "others"


@dataclass(frozen=True)
class FigureView:
    """A figure as the template writes it: `says` is what it shows, in words; without `data` nothing is drawn."""

    id: str
    title: str
    says: str
    data: dict[str, Any] | None


def figure_view(figure: Figure, id: str) -> FigureView:
    """Prepare a figure: what is not known is not drawn, and that is said."""
    found = points(figure)
    known = [point for point in found if point.y is not None and (figure.kind != "series" or point.x is not None)]
    if not known:
        return FigureView(id, figure.title, "Nothing to draw: no value is known.", None)
    is_cut = figure.kind in ("bars", "ranges") and kind(figure.x, known) != "time"
    drawn = largest(known) if is_cut else known
    says = sentence(figure, known, unknown=len(found) - len(known), drawn=len({point.x for point in drawn}))
    # a point without a value makes a gap in its line
    shown = [point for point in found if point.x is not None] if figure.kind == "series" else drawn
    if len(shown) > MOST_POINTS:
        says += f" Drawn are the last {MOST_POINTS:,} of {len(shown):,} points."
        shown = shown[-MOST_POINTS:]
    return FigureView(id, figure.title, says, {"id": id, **described(figure, shown)})


def points(figure: Figure) -> list[Point]:
    """Read the figure's columns from its table."""
    names = (figure.x, figure.y, figure.parts, figure.low, figure.high)
    places = [None if name is None else figure.table.columns.index(name) for name in names]
    return [Point(*(None if at is None else row[at] for at in places)) for row in figure.table.rows]


def largest(found: list[Point]) -> list[Point]:
    """Keep the points of the largest bars, in their order."""
    kept = set(by_size(found, "x")[:MOST_BARS])
    return [point for point in found if point.x in kept]


def by_size(found: list[Point], field: str) -> list[Any]:
    """Order the values of a field by what their points come to, the largest first."""
    sizes: dict[Any, Any] = defaultdict(int)
    for point in found:
        sizes[getattr(point, field)] += abs(point.y or 0)
    return sorted(sizes, key=lambda value: sizes[value], reverse=True)


def ordered(parts: list[Any], order: tuple[str, ...]) -> list[Any]:
    """Put first, in their order, the parts whose order is known."""
    return [part for part in order if part in parts] + [part for part in parts if part not in order]


def described(figure: Figure, shown: list[Point]) -> dict[str, Any]:
    """Describe the drawing: its axes, what its colours mean, its points."""
    parts = ordered(by_size(shown, "part"), figure.order) if figure.parts else []
    named = [humanize(figure.parts or "", part) for part in parts[:MOST_PARTS]]
    named_parts = {"parts": [*named, OTHERS] if len(parts) > MOST_PARTS else named}
    drawn = [drawn_point(figure, point, named) for point in shown]
    if figure.kind == "waterfall":
        drawn = steps(figure, shown, drawn)
    return {
        "kind": figure.kind,
        "x": {"heading": heading(figure.x), "kind": kind(figure.x, shown)},
        "y": {"heading": heading(figure.y), "column": figure.y},
        "tips": [heading(column) for column in tip_columns(figure)],
        "points": drawn,
        **named_parts,
    }


def kind(column: str, shown: list[Point]) -> str:
    """Tell what kind of axis a column makes."""
    if all(isinstance(point.x, date) for point in shown):
        return "time"
    return "number" if is_number(column, [(point.x,) for point in shown], 0) else "text"


def tip_columns(figure: Figure) -> list[str]:
    """List the columns that a point's tooltip tells."""
    columns = (figure.x, figure.parts, figure.y, figure.low, figure.high)
    return [column for column in dict.fromkeys(columns) if column is not None]


def drawn_point(figure: Figure, point: Point, named: list[str]) -> dict[str, Any]:
    """Write a point: values to place it by, texts to read, and the key of its colour."""
    values = dict(zip((figure.x, figure.parts, figure.y, figure.low, figure.high), point.in_order(), strict=True))
    part = humanize(figure.parts, point.part) if figure.parts else ""
    return {
        "x": point.x,
        "y": point.y,
        "low": point.low,
        "high": point.high,
        "name": humanize(figure.x, point.x),
        "label": humanize(figure.y, point.y),
        "part": part,
        "key": part if part in named or not part else OTHERS,
        "tip": [humanize(column, values[column]) for column in tip_columns(figure)],
    }


def steps(figure: Figure, shown: list[Point], drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Place each step where the one before it ended, and the sum of all of them last."""
    ends = list(accumulate(point.y for point in shown))
    placed = [step | {"start": start, "end": end} for step, start, end in zip(drawn, [0, *ends], ends, strict=False)]
    label = humanize(figure.y, ends[-1])
    tip = [
        figure.total if column == figure.x else label if column == figure.y else "" for column in tip_columns(figure)
    ]
    total = {"name": figure.total, "label": label, "part": "", "key": "", "tip": tip, "start": 0, "end": ends[-1]}
    return [*placed, {**total, "is_total": True}]
