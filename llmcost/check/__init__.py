"""Two sets of traces, one verdict: does the change make calls cost more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from llmcost.check.run import Compared, Rules, compare
from llmcost.check.sides import Source
from llmcost.check.verdict import Verdict, judge
from llmcost.pricing import Book

__all__ = ["Checked", "Compared", "Rules", "Source", "Verdict", "check"]


@dataclass(frozen=True)
class Checked:
    """What was compared, and the verdict on it; `is_edited` where the base is a baseline that somebody has changed."""

    compared: Compared
    verdict: Verdict
    is_edited: bool = False


def check(base: Source, head: Source, book: Book, rules: Rules, days: tuple[date, date]) -> Checked:
    """Compare head with base, both priced with `book` as on the second of `days`; the first is the base's own.

    Raises InputError where no case is on both sides.
    """
    found = compare(base, head, book, rules, days)
    return Checked(found, judge(found, rules))
