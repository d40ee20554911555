"""`--fail-on "saving_high_usd > 100"`: a condition on the totals that fails the command."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from llmcost.errors import GateError, UsageError

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

    def check(self, totals: Mapping[str, Any]) -> None:
        """Raise GateError where the condition holds; a total that is not known is no reason to pass."""
        if self.column not in totals:
            known = ", ".join(sorted(totals))
            raise UsageError(f"--fail-on {self.column}: there is no such total", hint=f"there are {known}")
        value = totals[self.column]
        if value is None or COMPARISONS[self.comparison](value, self.limit):
            shown = "not known" if value is None else f"{Decimal(value):f}"
            raise GateError(f"--fail-on: {self.column} is {shown}, {self.comparison} {self.limit}")


def read_gate(text: str) -> Gate:
    """Read a condition. Raises UsageError where it is none."""
    found = CONDITION.fullmatch(text)
    if not found:
        raise UsageError(f"--fail-on {text}: no condition", hint='for example --fail-on "saving_high_usd > 100"')
    return Gate(found[1], found[2], Decimal(found[3]))
