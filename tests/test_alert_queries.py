"""A team's own rules in SQL: what is refused, and that they reach nothing but the requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmcost.errors import ShelfError
from llmcost.store import Store
from tests.alerts import replay
from tests.shelves import Case, book_of

BOOK = """\
format: llmcost-pricing/1
models:
  - {provider: acme, model: m, prices: [{input: 10, output: 0}]}
"""


def told_of(folder: Path, store: Store, sql: str) -> None:
    case: Case = {
        "traffic": [{"key": "search", "from": 0, "until": 1, "every": 10}],
        "checks": {"from": 0.5, "until": 0.5, "every": 5},
        "alerts": {"rules": {"mine": {"sql": sql, "over": 1}}},
    }
    replay(folder, store, book_of(BOOK), {}, case)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select key, 1 from scope", "gives no `name` and `value`"),
        ("select key as name, 'much' as value from scope", "gives a value that is not a number"),
        ("select key as name, 1 as value from scope", "gives a name more than once"),
        ("select no_column as name from scope", "Binder Error"),
        ("selekt 1", "Parser Error"),
        ("select 1; select 2", "is not one query that only reads"),
        ("drop table requests", "is not one query that only reads"),
        ("with gone as (delete from requests returning 1) select 1", "is not one query that only reads|Parser Error"),
    ],
)
def test_what_is_no_rule_is_refused(tmp_path: Path, store: Store, sql: str, words: str) -> None:
    with pytest.raises(ShelfError, match=f"llmcost.yaml: the query of mine: ({words})"):
        told_of(tmp_path, store, sql)


def test_a_query_that_takes_too_long_is_ended(tmp_path: Path, store: Store) -> None:
    store.time_limit = 0.05

    with pytest.raises(ShelfError, match=r"the query of mine: takes longer than 0.05 s"):
        told_of(tmp_path, store, "select 'a' as name, count(*) as value from range(100000) a, range(1000000) b")
