"""How many bad lines an ingest accepts before it is given up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from llmcost.counts import agreeing, counted
from llmcost.errors import LimitError, UsageError
from llmcost.ingest.sieve import Reject


@dataclass(frozen=True)
class Limit:
    """A number of bad lines, or a share of all lines in percent; with neither any number is accepted."""

    lines: int | None = None
    percent: float | None = None

    def check(self, rejects: list[Reject], rejected: int, read: int) -> None:
        """Raise LimitError where more lines than that are bad; this batch is then not stored."""
        is_passed = (self.lines is not None and rejected > self.lines) or (
            self.percent is not None and rejected * 100 > self.percent * read
        )
        if is_passed and rejects:
            first, passing = rejects[0], agreeing(rejected, "passes", "pass")
            raise LimitError(
                f"{counted(rejected, 'bad line')} of {read:,} {passing} the limit; "
                f"{first.path}:{first.line}: {first.reason}",
                hint="nothing of this batch was stored; --max-bad-lines sets the limit",
            )


def parse_limit(text: str | None) -> Limit:
    """Read `10` or `0.5%`. Raises UsageError."""
    if text is None:
        return Limit()
    if re.fullmatch(r"\d+", text):
        return Limit(lines=int(text))
    if re.fullmatch(r"\d+(\.\d+)?%", text):
        return Limit(percent=float(text[:-1]))
    raise UsageError(f"--max-bad-lines {text}: neither a number nor a percentage", hint="for example 10 or 0.5%")
