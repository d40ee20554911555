"""`--fail-on "saving_high_usd > 100"`: a condition on the totals that fails the command."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from llmcost.errors import GateError, UsageError
from llmcost.pricing.nearest import among
from llmcost.render.money import exact

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
CONDITION = re.compile(r"\s*([a-z_]+)\s*(>=|<=|==|>|<)\s*\$?([0-9]+(?:\.[0-9]+)?)\s*")


@dataclass(frozen=True)
class Gate:
    """One condition: a column of the totals, how it is compared, and with what."""

    column: str
    comparison: str
    limit: Decimal

    def look_up(self, totals: Mapping[str, Any]) -> Any:
        """Take the total that this is about. Raises UsageError where there is none of this name."""
        if self.column not in totals:
            hint = among(self.column, sorted(totals), "there are")
            raise UsageError(f"--fail-on {self.column}: there is no such total", hint=hint)
        return totals[self.column]

    def check(self, totals: Mapping[str, Any]) -> None:
        """Raise GateError where the condition holds; a total that is not known does not pass."""
        value = self.look_up(totals)
        if value is None:
            raise GateError(f"--fail-on: {self.column} is not known")
        if COMPARISONS[self.comparison](value, self.limit):
            raise GateError(f"--fail-on: {self.column} is {exact(Decimal(value))}, {self.comparison} {self.limit}")


def read_gate(text: str) -> Gate:
    """Read a condition. Raises UsageError where it is none."""
    found = CONDITION.fullmatch(text)
    if not found:
        raise UsageError(
            f"--fail-on {text}: not a condition",
            hint='a total, >, >=, <, <= or ==, and a number: "saving_high_usd > 100"',
        )
    return Gate(found[1], found[2], Decimal(found[3]))


def read_gates(texts: Sequence[str]) -> list[Gate]:
    """Read all that is given as --fail-on."""
    return [read_gate(text) for text in texts]


def look_up(gates: Sequence[Gate], totals: Mapping[str, Any]) -> None:
    """Raise UsageError where a gate is about a total that there is not."""
    for gate in gates:
        gate.look_up(totals)


def check_gates(gates: Sequence[Gate], totals: Mapping[str, Any]) -> None:
    """Raise GateError where one of them holds."""
    for gate in gates:
        gate.check(totals)
