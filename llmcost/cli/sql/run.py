"""`llmcost sql`: a user's own query over the priced store, which it can neither change nor leave."""

from __future__ import annotations

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

Answer = tuple[list[str], list[tuple[Any, ...]]]


def run_sql(reading: Reading, text: str) -> int:
    """Print a query's rows on stdout and what the costs cover on stderr; 4 under --strict where that is not all."""
    filters, book = reading.filters, reading.book
    statement = read_statement(text, reading.paths)
    check_query(statement)
    with reading.open() as store:
        # a query of all columns has none of a report's groups
        scope = store.price(book).scope(filters, None)
        # once, and as the query will find it
        store.bind_bare(scope.tables)
        covered = coverage(scope)
        names, rows = answer(store, scope, statement)
    columns, rows = shaped(reading.output_format, names, rows)
    shared = envelope("sql", book, filters, covered) | {"query": statement}
    # the first columns of a user's own query stay longest
    table = Table("Query", columns, rows, {}, shared, tuple(reversed(columns[1:])))
    write(table, reading)
    print_coverage(book, covered, strict=reading.strict)
    return 0


def answer(store: Store, scope: Scope, statement: str) -> Answer:
    """Run a query that nobody has reviewed, where nothing can be written, read from files, or loaded."""
    store.bind_bare(scope.tables)
    sandbox(store)
    try:
        with store.limited():
            result = store.execute(statement)
            return [column[0] for column in result.description], result.fetchall()
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
