"""The options that several commands have, each declared once: its flag, its help, its section, what completes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from llmcost.cli.complete import names as completing
from llmcost.cli.declare import Argument, Option
from llmcost.cli.expand import COMMAS

# sections of a long help
REQUESTS, PRICES, OUTPUT = "Which requests", "Prices", "Output"
LIMITS, NAMES, COMMENT = "What fails it", "What names a case", "The comment"

Paths = Annotated[
    tuple[str, ...],
    Argument(help="Logs to read in memory instead of the store.", metavar="[PATH...]"),
]
Since = Annotated[
    str | None,
    Option(
        "--since",
        help="Requests started at or after: a date, 2026-10, 24h, 7d, yesterday.",
        metavar="WHEN",
        complete=completing.words(*completing.AGES),
        section=REQUESTS,
    ),
]
Until = Annotated[
    str | None,
    Option(
        "--until",
        help="Requests started before: a date, 2026-10, 24h, 7d, yesterday.",
        metavar="WHEN",
        complete=completing.words(*completing.AGES),
        section=REQUESTS,
    ),
]
Where = Annotated[
    tuple[str, ...],
    Option(
        "--where",
        help="column=value,value*, or !=, >, <, >=, <=; may be repeated.",
        metavar="COND",
        complete=completing.conditions,
        section=REQUESTS,
    ),
]
Zone = Annotated[
    str,
    Option(
        "--tz",
        help="The zone of days and hours, and of --since and --until.",
        metavar="ZONE",
        complete=completing.zones,
        section=REQUESTS,
    ),
]
Database = Annotated[
    Path,
    Option("--db", envvar="LLMCOST_DB", help="The store, a DuckDB file.", metavar="FILE", section=REQUESTS),
]
Pricing = Annotated[
    Path | None,
    Option(
        "--pricing",
        help="A price book whose models replace the shipped ones.",
        metavar="FILE",
        section=PRICES,
    ),
]
AsOf = Annotated[
    str | None,
    Option("--prices-as-of", help="Price every request as on this day.", metavar="DATE", section=PRICES),
]
Strict = Annotated[
    bool,
    Option("--strict", help="Exit with 4 if any request is unpriced or its usage missing.", section=PRICES),
]
Format = Annotated[
    str | None,
    Option(
        "--format",
        "-f",
        help="table, json, jsonl, csv, tsv, md, parquet, xlsx or html.",
        metavar="FORMAT",
        complete=completing.formats,
        section=OUTPUT,
    ),
]
Output = Annotated[
    Path | None,
    Option("--output", "-o", help="Write to this file instead.", metavar="FILE", section=OUTPUT),
]
Columns = Annotated[
    tuple[str, ...],
    Option(
        "--columns",
        help="Columns of the table to show, in order: model,cost_usd.",
        metavar="COLUMNS",
        section=OUTPUT,
    ),
]
Sort = Annotated[
    tuple[str, ...],
    Option(
        "--sort",
        help="Sort by a column; -cost_usd has the largest first.",
        metavar="[-]COLUMN",
        section=OUTPUT,
    ),
]
RawCells = Annotated[
    bool,
    Option(
        "--raw-cells",
        help="CSV and TSV: leave formulas and control characters as they are.",
        section=OUTPUT,
    ),
]
By = Annotated[
    tuple[str, ...] | None,
    COMMAS,
    Option(
        "--by",
        help="Columns to group by, with commas: model, team, day, ...",
        metavar="COLUMNS",
        complete=completing.columns,
    ),
]
FailOn = Annotated[
    tuple[str, ...],
    Option(
        "--fail-on",
        help='Exit with 1 if this holds for the totals: "saving_usd > 100"; may be repeated.',
        metavar="CONDITION",
    ),
]
Settings = Annotated[
    tuple[str, ...],
    Option(
        "--set",
        help="A detector's parameter; may be repeated.",
        metavar="NAME=VALUE",
        complete=completing.parameters,
    ),
]
Agents = Annotated[
    bool, Option("--agents", help="Read the logs of the coding agents on this machine, wherever they are.")
]
MemoryLimit = Annotated[
    str | None,
    Option("--memory-limit", help="Use at most this much memory for queries, then the disk: 1GB.", metavar="SIZE"),
]
Timeout = Annotated[
    float,
    Option("--timeout", help="Stop your own query after this many seconds; 0: never.", metavar="SECONDS", min=0),
]
