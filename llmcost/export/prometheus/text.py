"""The text format that Prometheus reads: gauges with HELP and TYPE, in an order that stays; no line for the unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from llmcost.errors import UsageError
from llmcost.render.cell import plain
from llmcost.render.money import exact

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
EMPTY = "(empty)"
Sample = tuple[Mapping[str, Any], Any]


@dataclass(frozen=True)
class Gauge:
    """One metric: its samples are labels and a value; a value of None is unknown."""

    name: str
    help: str
    samples: tuple[Sample, ...]

    @property
    def known(self) -> list[Sample]:
        """The samples that have a value."""
        return [sample for sample in self.samples if sample[1] is not None]


def write(gauges: Iterable[Gauge]) -> Iterator[str]:
    """Write gauges one after the other, each sorted by its labels; one without a known value is left out.

    Raises UsageError where two samples have the same labels: a collector would refuse the whole file.
    """
    for gauge in gauges:
        lines = dict(sorted((sorting(labels), (labels, value)) for labels, value in gauge.known))
        if len(lines) < len(gauge.known):
            raise UsageError(f"{gauge.name}: two values with the same labels: {twice(gauge)}")
        if lines:
            yield f"# HELP {gauge.name} {escaped(gauge.help)}\n# TYPE {gauge.name} gauge\n"
            yield from (f"{series(gauge.name, labels)} {number(value)}\n" for labels, value in lines.values())


def sorting(labels: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell the labels of a sample by what they are written as."""
    return tuple(label(value) for value in labels.values())


def twice(gauge: Gauge) -> str:
    """Name the first labels that stand twice."""
    keys = [sorting(labels) for labels, _ in gauge.known]
    return series("", next(labels for at, (labels, _) in enumerate(gauge.known) if keys[at] in keys[:at]))


def series(name: str, labels: Mapping[str, Any]) -> str:
    """Write a metric's name and labels."""
    inside = ",".join(f'{key}="{quoted(label(value))}"' for key, value in labels.items())
    return f"{name}{{{inside}}}" if inside else name


def label(value: Any) -> str:
    """Write a label's value: no value is empty text, which is to Prometheus no label, so empty text is called so."""
    return EMPTY if value == "" else plain(value)


def quoted(text: str) -> str:
    """Escape a label's value."""
    return escaped(text).replace('"', '\\"')


def escaped(text: str) -> str:
    """Escape a HELP text."""
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def number(value: Any) -> str:
    """Write a number with all its digits, a time as seconds since 1970, a length of time as seconds."""
    if isinstance(value, datetime):
        return number(value - EPOCH)
    if isinstance(value, timedelta):
        return exact(Decimal(value // MICROSECOND).scaleb(-6))
    return exact(value) if isinstance(value, Decimal) else repr(value)
