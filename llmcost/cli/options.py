"""The options that several commands have, each declared once: its flag, its help, its section, what completes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmcost.cli.complete import names as completing
from llmcost.cli.expand import COMMAS

# sections of a long help
REQUESTS, PRICES, OUTPUT = "Which requests", "Prices", "Output"
LIMITS, NAMES, COMMENT = "What fails it", "What names a case", "The comment"

Paths = Annotated[
    tuple[str, ...],
    typer.Argument(help="Logs to read in memory instead of the store.", metavar="[PATH...]"),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        help="Requests started at or after: a date, 2026-10, 24h, 7d, yesterday.",
        metavar="WHEN",
        autocompletion=completing.words(*completing.AGES),
        rich_help_panel=REQUESTS,
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        help="Requests started before: a date, 2026-10, 24h, 7d, yesterday.",
        metavar="WHEN",
        autocompletion=completing.words(*completing.AGES),
        rich_help_panel=REQUESTS,
    ),
]
Where = Annotated[
    tuple[str, ...],
    typer.Option(
        "--where",
        help="column=value,value*, or !=, >, <, >=, <=; may be repeated.",
        metavar="COND",
        autocompletion=completing.conditions,
        rich_help_panel=REQUESTS,
    ),
]
Zone = Annotated[
    str,
    typer.Option(
        "--tz",
        help="The zone of days and hours, and of --since and --until.",
        metavar="ZONE",
        autocompletion=completing.zones,
        rich_help_panel=REQUESTS,
    ),
]
Database = Annotated[
    Path,
    typer.Option(
        "--db", envvar="LLMCOST_DB", help="The store, a DuckDB file.", metavar="FILE", rich_help_panel=REQUESTS
    ),
]
Pricing = Annotated[
    Path | None,
    typer.Option(
        "--pricing",
        help="A price book whose models replace the shipped ones.",
        metavar="FILE",
        rich_help_panel=PRICES,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--prices-as-of", help="Price every request as on this day.", metavar="DATE", rich_help_panel=PRICES),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Exit with 4 if any request is unpriced or its usage missing.", rich_help_panel=PRICES
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        help="table, json, jsonl, csv, tsv, md, parquet or html.",
        metavar="FORMAT",
        autocompletion=completing.formats,
        rich_help_panel=OUTPUT,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write to this file instead.", metavar="FILE", rich_help_panel=OUTPUT),
]
Columns = Annotated[
    tuple[str, ...],
    typer.Option(
        "--columns",
        help="Columns of the table to show, in order: model,cost_usd.",
        metavar="COLUMNS",
        rich_help_panel=OUTPUT,
    ),
]
Sort = Annotated[
    tuple[str, ...],
    typer.Option(
        "--sort",
        help="Sort by a column; -cost_usd has the largest first.",
        metavar="[-]COLUMN",
        rich_help_panel=OUTPUT,
    ),
]
RawCells = Annotated[
    bool,
    typer.Option(
        "--raw-cells",
        help="CSV and TSV: leave formulas and control characters as they are.",
        rich_help_panel=OUTPUT,
    ),
]
By = Annotated[
    tuple[str, ...] | None,
    COMMAS,
    typer.Option(
        "--by",
        help="Columns to group by, with commas: model, team, day, ...",
        metavar="COLUMNS",
        autocompletion=completing.columns,
    ),
]
FailOn = Annotated[
    tuple[str, ...],
    typer.Option(
        "--fail-on",
        help='Exit with 1 if this holds for the totals: "saving_usd > 100"; may be repeated.',
        metavar="CONDITION",
    ),
]
Settings = Annotated[
    tuple[str, ...],
    typer.Option(
        "--set",
        help="A detector's parameter; may be repeated.",
        metavar="NAME=VALUE",
        autocompletion=completing.parameters,
    ),
]
Agents = Annotated[
    bool, typer.Option("--agents", help="Read the logs of the coding agents on this machine, wherever they are.")
]
MemoryLimit = Annotated[
    str | None,
    typer.Option(
        "--memory-limit", help="Use at most this much memory for queries, then the disk: 1GB.", metavar="SIZE"
    ),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", help="Stop your own query after this many seconds; 0: never.", metavar="SECONDS", min=0),
]
