"""`llmcost export`: spend in the columns that other systems read."""

from __future__ import annotations

from typing import Annotated

import typer

from llmcost.cli.options import DEFAULT_DB, Database, Format, Output, Paths, Pricing, Since, Strict, Until, Where

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
