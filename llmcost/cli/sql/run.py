"""`llmcost sql`: a user's own query over the priced store, which it can neither change nor leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from llmcost.cli.coverage import print_coverage
from llmcost.cli.output import envelope, write
from llmcost.cli.reading import Reading
from llmcost.cli.sql.answers import shaped
from llmcost.cli.sql.statement import check_query, mistake, read_statement
from llmcost.errors import UsageError
from llmcost.render import Table
from llmcost.report import coverage
from llmcost.store import Scope, Store

# so many rows at once are counted where they are not kept
CHUNK = 10_000


@dataclass(frozen=True)
class Answer:
    """The columns and the rows of a query, and how many more it has."""

    names: list[str]
    rows: list[tuple[Any, ...]]
    more: int = 0


def run_sql(reading: Reading, text: str, most: int | None = None) -> int:
    """Print a query's rows on stdout and what the costs cover on stderr; 4 under --strict where that is not all.

    With `most` only so many rows are kept, and the others counted.
    """
    filters, book = reading.filters, reading.book
    statement = read_statement(text, reading.paths)
    check_query(statement)
    with reading.open() as store:
        # a query of all columns has none of a report's groups
        scope = store.price(book).scope(filters, None)
        # once, and as the query will find it
        store.bind_bare(scope.tables)
        covered = coverage(scope)
        found = answer(store, scope, statement, most)
    columns, rows = shaped(reading.output_format, found.names, found.rows)
    cut = {} if most is None else {"more_rows": found.more}
    shared = envelope("sql", book, filters, covered) | {"query": statement} | cut
    # the first columns of a user's own query stay longest
    table = Table("Query", columns, rows, {}, shared, tuple(reversed(columns[1:])))
    write(table, reading)
    print_coverage(book, covered, strict=reading.strict)
    return 0


def answer(store: Store, scope: Scope, statement: str, most: int | None = None) -> Answer:
    """Run a query that nobody has reviewed, where nothing can be written, read from files, or loaded."""
    store.bind_bare(scope.tables)
    sandbox(store)
    try:
        with store.limited():
            result = store.execute(statement)
            names = [column[0] for column in result.description]
            if most is None:
                return Answer(names, result.fetchall())
            return Answer(names, result.fetchmany(most), sum(map(len, iter(lambda: result.fetchmany(CHUNK), []))))
    except TimeoutError:
        raise UsageError(
            f"the query takes longer than {store.time_limit:g} s",
            hint="--timeout SECONDS gives it longer, 0 as long as it takes",
        ) from None
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise mistake(error) from None


def sandbox(store: Store) -> None:
    """Shut the connection off from files and the network, and begin a transaction that takes no writes."""
    store.sandbox()
    store.execute("begin transaction read only")
