"""`llmcost sql` and its options."""

from __future__ import annotations

from typing import Annotated

import typer

from llmcost.cli.options import (
    Database,
    Format,
    MemoryLimit,
    Output,
    Paths,
    Pricing,
    Since,
    Strict,
    Timeout,
    Until,
    Where,
    Zone,
)
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.sections import Commands

sql_app = Commands()


@sql_app.command("sql", short_help="Ask the store in SQL, read only, with costs.")
def sql_command(
    statement: Annotated[
        str, typer.Argument(help="One query, @FILE to read it from a file, or - from stdin.", metavar="SQL")
    ],
    paths: Paths = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    tz: Zone = "UTC",
    format: Format = None,
    output: Output = None,
    db: Database = DEFAULT_DB,
    pricing: Pricing = None,
    strict: Strict = False,
    memory_limit: MemoryLimit = None,
    timeout: Timeout = 60,
) -> int:
    """Ask the store in SQL: DuckDB's, read only, with costs.

    The view scope holds the requests of --since, --until and --where with what they cost; dimensions, priced_requests
    and charges hold all of them. A query can change nothing and reach neither files nor the network.

    \b
        llmcost sql "select model, sum(cost_usd) as cost_usd from scope group by model"
        llmcost sql @slowest.sql --since 7d -f csv
        llmcost sql "describe scope"
        echo "from rejects" | llmcost sql -
    """
    from llmcost.cli.reading import Reading
    from llmcost.cli.sql.run import run_sql

    reading = Reading(
        tuple(paths or ()),
        since,
        until,
        tuple(where or ()),
        format,
        output,
        db,
        pricing,
        strict,
        memory_limit,
        tz,
        timeout,
    )
    return run_sql(reading, statement)
