"""How many rows a store's queries handle: DuckDB's own counts of each operator, and of the pairs that it compares.

What windows look at is not counted: DuckDB sorts their rows once and keeps sums of parts of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import duckdb

from llmcost.store import Store

Operator = dict[str, Any]
# these look at each row of one side with each of the other, whatever comes of it
ALL_PAIRS = ("NESTED_LOOP_JOIN", "BLOCKWISE_NL_JOIN", "CROSS_PRODUCT")
# two columns that are equal, whatever stands inside of an expression beside the `=`
EQUALITY = re.compile(r"\S+ (=|IS NOT DISTINCT FROM) ")
# what is joined by a number of its own has one row of it, and periods of one rule do not overlap
OWN_NUMBER = re.compile(r"(dedupe_key|request_no|outcome_no) = ")
PERIOD = re.compile(r"(\w+ )?([<>]=? )?valid_(from|to)_us\b")
# what has no more rows than this are rules and prices, which do not grow with requests
RULES = 50


@dataclass
class Watch:
    """A connection that keeps the most rows that one operator handled, of each statement, in order."""

    connection: duckdb.DuckDBPyConnection
    most: list[tuple[str, int]] = field(default_factory=list)
    running: str | None = None

    def execute(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        self.note()
        result = self.connection.execute(sql, parameters)
        self.running = sql
        return result

    def note(self) -> None:
        """Read what the last statement did; its rows have been fetched by now."""
        if self.running is not None:
            profile = json.loads(self.connection.get_profiling_information(format="json"))
            handled = [handled_by(each) for root in profile.get("operator", []) for each in operators(root)]
            self.most.append((" ".join(self.running.split())[:60], max(handled, default=0)))
            self.running = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


class Watched(Store):
    """A store in memory whose statements are watched from `begin` on."""

    def begin(self) -> None:
        self._connection.execute("set enable_profiling = 'no_output'")
        self._connection = cast(duckdb.DuckDBPyConnection, Watch(self._connection))

    def most_rows(self) -> list[tuple[str, int]]:
        """Tell the beginning of each statement and the most rows that one of its operators handled."""
        watch = cast(Watch, self._connection)
        watch.note()
        return watch.most


def operators(root: Operator) -> Iterator[Operator]:
    yield root
    for child in root.get("children", []):
        yield from operators(child)


def handled_by(operator: Operator) -> int:
    """Count the rows that an operator gives, or the pairs that it may have compared for them."""
    sides = [child.get("intermediate_rows", 0) for child in operator.get("children", [])]
    is_large = len(sides) == 2 and min(sides) > RULES
    pairs = sides[0] * sides[1] if is_large and compares_pairs(operator) else 0
    # the prices of a few rules stand beside each request until the one that holds is chosen
    is_of_rules = len(sides) == 2 and min(sides) <= RULES
    given = max(sides) if is_of_rules else cast(int, operator.get("intermediate_rows", 0))
    return max(given, pairs)


def compares_pairs(operator: Operator) -> bool:
    """Tell whether a join looks at pairs that it does not give: by more than what is equal, and not by a key."""
    if operator["type"] in ALL_PAIRS:
        return True
    said = operator.get("extra_info", {}).get("Conditions", [])
    conditions = [said] if isinstance(said, str) else said
    if any(OWN_NUMBER.match(each) for each in conditions):
        return False
    return any(re.search("[<>]", each) and not EQUALITY.match(each) and not PERIOD.match(each) for each in conditions)
