"""`llmcost sql` and its options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from llmcost.cli.declare import Argument
from llmcost.cli.options import MemoryLimit, Timeout, Zone
from llmcost.cli.reading import Reading
from llmcost.cli.sections import Commands

room = Commands()
Statement = Annotated[str, Argument(help="One query, @FILE to read it from a file, or - from stdin.", metavar="SQL")]


@dataclass(frozen=True)
class SqlReading(Reading):
    """Which requests a query sees as `scope`."""

    tz: Zone = "UTC"
    memory_limit: MemoryLimit = None
    timeout: Timeout = 60


@room.command("sql")
def sql_command(*, statement: Statement, reading: SqlReading) -> int:
    """Query the store in DuckDB's SQL, read only, with costs.

    The view scope holds the requests of --since, --until and --where with what they cost; dimensions, priced_requests
    and charges hold all of them. A query can change nothing and reach neither files nor the network.

    \b
        llmcost sql "select model, sum(cost_usd) as cost_usd from scope group by model"
        llmcost sql @slowest.sql --since 7d -f csv
        llmcost sql "describe scope"
        echo "from rejects" | llmcost sql -
    """
    from llmcost.cli.sql.run import run_sql

    return run_sql(reading, statement)
