"""The colours of the page's charts: told apart by who sees no red, no green or no blue, in light and in dark."""

from __future__ import annotations

import math
import re
from importlib import resources
from itertools import combinations

import pytest

# what is left of red, green and blue in linear light; Machado, Oliveira and Fernandes 2009, severity 1
SIGHT = {
    "all colours": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
# linear light to OKLab, by way of its cone responses
CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
OKLAB = (
    (0.2104542553, 0.793617785, -0.0040720468),
    (1.9779984951, -2.428592205, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.808675766),
)
Vector = tuple[float, ...]


def times(matrix: tuple[Vector, ...], vector: Vector) -> Vector:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def linear(color: str) -> Vector:
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def seen(color: str, sight: str) -> Vector:
    light = (min(1.0, max(0.0, part)) for part in times(SIGHT[sight], linear(color)))
    return times(OKLAB, tuple(part ** (1 / 3) for part in times(CONES, tuple(light))))


def contrast(one: str, other: str) -> float:
    dark, light = sorted(
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (one, other)
    )
    return (light + 0.05) / (dark + 0.05)


def colors(name: str, theme: int) -> list[str]:
    style = (resources.files("llmcost.render.html") / "page.css").read_text(encoding="utf-8")
    return [pair[theme] for pair in re.findall(rf"--{name}: light-dark\((#\w+), (#\w+)\)", style)]


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_series_look_alike_to_anybody(theme: int, sight: str) -> None:
    series = colors(r"series-(?:\d|others)", theme)
    nearest = min(math.dist(seen(one, sight), seen(other, sight)) for one, other in combinations(series, 2))

    assert 7 == len(series)
    # 0.02 in OKLab is a difference that is just seen
    assert nearest > 0.08


@pytest.mark.parametrize("theme", [0, 1])
def test_series_stand_out_from_their_ground_as_graphics_must(theme: int) -> None:
    (ground,) = colors("surface", theme)

    assert all(contrast(color, ground) >= 3 for color in colors(r"series-\w+", theme))
