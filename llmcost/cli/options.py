"""The options that reading commands share, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmcost.cli.complete import names as completing

Database = Annotated[Path, typer.Option("--db", envvar="LLMCOST_DB", help="The store, a DuckDB file.", metavar="FILE")]
Pricing = Annotated[
    Path | None,
    typer.Option("--pricing", help="A price book whose models replace the shipped ones.", metavar="FILE"),
]
AsOf = Annotated[
    str | None,
    typer.Option("--prices-as-of", help="Price every request as on this day.", metavar="DATE"),
]
Paths = Annotated[
    list[str] | None,
    typer.Argument(help="Logs to read in memory instead of the store.", metavar="[PATH...]"),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        help="Requests started at or after: a date, 2026-10, 24h, 7d, yesterday.",
        metavar="WHEN",
        autocompletion=completing.words(*completing.AGES),
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        help="Requests started before: a date, 2026-10, 24h, 7d, yesterday.",
        metavar="WHEN",
        autocompletion=completing.words(*completing.AGES),
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        help="column=value,value*, or !=, >, <, >=, <=; may be repeated.",
        metavar="COND",
        autocompletion=completing.conditions,
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
    ),
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.", metavar="FILE")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--columns", help="Columns of the table to show, in order: model,cost_usd.", metavar="COLUMNS"),
]
Sort = Annotated[
    list[str] | None,
    typer.Option("--sort", help="Sort by a column; -cost_usd has the largest first.", metavar="[-]COLUMN"),
]
RawCells = Annotated[
    bool,
    typer.Option("--raw-cells", help="CSV and TSV: leave formulas and control characters as they are."),
]
By = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        help="Columns to group by, with commas: model, team, day, ...",
        metavar="COLUMNS",
        autocompletion=completing.columns,
    ),
]
Zone = Annotated[
    str,
    typer.Option(
        "--tz",
        help="The zone of days and hours, and of --since and --until.",
        metavar="ZONE",
        autocompletion=completing.zones,
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 4 if any request is unpriced or its usage missing.")]
FailOn = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        help='Exit with 1 if this holds for the totals: "saving_usd > 100"; may be repeated.',
        metavar="CONDITION",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="A detector's parameter; may be repeated.",
        metavar="NAME=VALUE",
        autocompletion=completing.parameters,
    ),
]
MemoryLimit = Annotated[
    str | None,
    typer.Option("--memory-limit", help="Use so much memory for queries, the disk beyond: 1GB.", metavar="SIZE"),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", help="Stop a query of yours after so many seconds; 0: never.", metavar="SECONDS", min=0),
]


def names_in(texts: list[str] | None) -> tuple[str, ...]:
    """Split a repeatable option of names with commas."""
    return tuple(name.strip() for text in texts or () for name in text.split(",") if name.strip())
