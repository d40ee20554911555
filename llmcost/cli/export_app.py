"""`llmcost export`: spend in the columns that other systems read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmcost.cli.options import (
    DEFAULT_DB,
    Database,
    Format,
    MemoryLimit,
    Output,
    Paths,
    Pricing,
    Since,
    Strict,
    Until,
    Where,
)

Folder = Annotated[
    Path,
    typer.Option("--output", "-o", help="The folder to write, new or empty.", metavar="FOLDER", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Replace an earlier export in the folder; other files stay.")]

export_app = typer.Typer(help="Write spend in the columns that other systems read.", no_args_is_help=True)


@export_app.callback()
def export() -> None:
    """Write spend in the columns that other systems read."""
    # with a callback typer keeps a lone command's name


@export_app.command()
def focus(
    paths: Paths = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", help="Columns that split the rows and become Tags, with commas: team, key.", metavar="COLUMNS"
        ),
    ] = None,
    focus_version: Annotated[
        str, typer.Option("--focus-version", help="1.2 or 1.3 of the specification.", metavar="VERSION")
    ] = "1.3",
    billing_account: Annotated[
        str | None,
        typer.Option("--billing-account", help="Whose account the charges stand in.", metavar="TEXT"),
    ] = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    format: Format = None,
    output: Output = None,
    db: Database = DEFAULT_DB,
    pricing: Pricing = None,
    strict: Strict = False,
) -> int:
    """Write spend as FOCUS, the FinOps cost and usage specification; CSV unless -f says otherwise.

    One row per day (UTC), price and meter, never per request. Costs are estimates from token counts and prices, not an
    invoice; what has no price is left out and counted on stderr.

    \b
        llmcost export focus -o focus.csv
        llmcost export focus --by team,key --since 2026-11-01 --until 2026-12-01
        llmcost export focus --billing-account acme-ai -f jsonl logs/
    """
    from llmcost.cli.exporting import run_focus
    from llmcost.cli.reading import Reading

    columns = tuple(name.strip() for text in by or () for name in text.split(",") if name.strip())
    reading = Reading(tuple(paths or ()), since, until, tuple(where or ()), format, output, db, pricing, strict)
    return run_focus(reading, columns, focus_version, billing_account)


@export_app.command("requests")
def requests_command(
    folder: Folder,
    paths: Paths = None,
    force: Force = False,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    db: Database = DEFAULT_DB,
    pricing: Pricing = None,
    strict: Strict = False,
    memory_limit: MemoryLimit = None,
) -> int:
    """Write every request with its cost as Parquet, a folder for each day (UTC).

    All columns of the store, and model, provider, key, team, price_status, list_cost_usd and cost_usd. Money is exact:
    DECIMAL. What has no price has no cost, and price_status says why. No prompt or answer is in it.

    \b
        llmcost export requests -o requests
        llmcost export requests -o november --since 2026-11-01 --until 2026-12-01 --force
    """
    from llmcost.cli.exporting import run_days
    from llmcost.cli.reading import Reading

    reading = Reading(
        tuple(paths or ()), since, until, tuple(where or ()), None, None, db, pricing, strict, memory_limit
    )
    return run_days(reading, "requests", folder, force=force)


@export_app.command("daily")
def daily_command(
    folder: Folder,
    paths: Paths = None,
    force: Force = False,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    db: Database = DEFAULT_DB,
    pricing: Pricing = None,
    strict: Strict = False,
    memory_limit: MemoryLimit = None,
) -> int:
    """Write sums by day (UTC), provider, model, key, team, project, user and operation as Parquet.

    Requests, errors, tokens and cost, all of which may be added up further; a folder for each day. costed_requests are
    those that have a cost. --force replaces the whole of an earlier export, not single days.

    \b
        llmcost export daily -o daily
        llmcost export daily -o daily --force --where provider=openai
    """
    from llmcost.cli.exporting import run_days
    from llmcost.cli.reading import Reading

    reading = Reading(
        tuple(paths or ()), since, until, tuple(where or ()), None, None, db, pricing, strict, memory_limit
    )
    return run_days(reading, "daily", folder, force=force)
