"""The commands that report costs, reprice them and compare them with a bill: their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmcost.cli.complete import names as completing
from llmcost.cli.options import (
    AsOf,
    By,
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
    Zone,
    names_in,
)
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.sections import Commands

report_app = Commands()


@report_app.command(short_help="Costs, latency, caches, errors, budgets: by anything, over time.")
def report(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="overview, cost, latency, cache, errors, reliability, efficiency or budget; then logs to read in "
            "memory instead of the store.",
            metavar="[VIEW] [PATH...]",
            autocompletion=completing.files_named("report/views", "budget"),
        ),
    ] = None,
    by: By = None,
    over: Annotated[
        str | None,
        typer.Option(
            "--over",
            help="Rows in time, gaps filled: hour, day, week or month.",
            metavar="UNIT",
            autocompletion=completing.words(*completing.UNITS),
        ),
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", help="The largest groups, and all others as one.", metavar="N")
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(
            "--compare",
            help="previous, the same length before --since, or WHEN..WHEN: what changed.",
            metavar="PERIOD",
            autocompletion=completing.words("previous"),
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    tz: Zone = "UTC",
    format: Format = None,
    output: Output = None,
    db: Database = DEFAULT_DB,
    pricing: Pricing = None,
    prices_as_of: AsOf = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(
            "--assume",
            help="Price a model without a price as another, in a column of its own.",
            metavar="MODEL=MODEL",
            autocompletion=completing.model_pairs,
        ),
    ] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print the view's query, and run nothing.")] = False,
    strict: Strict = False,
    memory_limit: MemoryLimit = None,
) -> int:
    """Report costs, latency, caches, errors, reliability, efficiency or budgets, by any columns and over time.

    Without a view it is the overview, with --by costs. Costs are computed now, from token counts and dated prices. What
    has no price is listed, never $0. -f html -o FILE writes one page with all views, or with the one that is named.

    \b
        llmcost report
        llmcost report --by team,day --since 7d -f csv
        llmcost report cost --over day --by key --top 5 --tz Europe/Berlin
        llmcost report cost --by model --since 24h --compare previous
        llmcost report latency --by provider,model --since 24h
        llmcost report errors --over hour --where provider=openai
        llmcost report -f html -o report.html
    """
    from llmcost.cli.reading import Reading
    from llmcost.cli.report.run import ReportOptions, print_sql, run_report, split_view

    columns = None if by is None else names_in(by)
    view, paths = split_view(tuple(words or ()), is_cost=columns is not None or bool(assume))
    if sql:
        return print_sql(view)
    reading = Reading(paths, since, until, tuple(where or ()), format, output, db, pricing, strict, memory_limit, tz)
    return run_report(reading, ReportOptions(view, columns, over, top, compare, prices_as_of, tuple(assume or ())))


@report_app.command(short_help="Price the same tokens as if another model had served them.")
def whatif(
    paths: Paths = None,
    map: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help="A model and the one to price it as; may be repeated.",
            metavar="MODEL=MODEL",
            autocompletion=completing.model_pairs,
        ),
    ] = None,
    prices_as_of: AsOf = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    format: Format = None,
    output: Output = None,
    db: Database = DEFAULT_DB,
    pricing: Pricing = None,
    strict: Strict = False,
) -> int:
    """Price the same tokens as if another model had served them, side by side.

    \b
        llmcost whatif --map gpt-4o=gpt-4o-mini
        llmcost whatif --map gpt-4o=gpt-4o-mini --where team=search --since 7d
    """
    from llmcost.cli.reading import Reading
    from llmcost.cli.report.whatif import run_whatif

    return run_whatif(
        Reading(tuple(paths or ()), since, until, tuple(where or ()), format, output, db, pricing, strict),
        map or (),
        prices_as_of,
    )


@report_app.command(short_help="Compare our costs with the gateway's own, or with a bill.")
def reconcile(
    paths: Paths = None,
    invoice: Annotated[
        Path | None,
        typer.Option(
            "--invoice", help="A provider's bill to compare with, instead of what the logs report.", metavar="FILE"
        ),
    ] = None,
    causes: Annotated[
        bool, typer.Option("--causes", help="A row for each likely cause of a difference, instead of each group.")
    ] = False,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            help="Columns to group by: gateway,emitter_version,provider,model if not said.",
            metavar="COLUMNS",
            autocompletion=completing.columns,
        ),
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
    """Compare our costs with what gateways report, or with a provider's bill.

    Where a reported cost is not ours, every known mistake is tried on that request, and the one that gives exactly the
    reported cost is named: cached tokens billed twice, a tier ignored, cents for dollars, last year's price. A bill is
    compared by day and model: OpenAI costs and Anthropic cost report (JSON or CSV), FOCUS, or CSV of day,model,amount.

    \b
        llmcost reconcile
        llmcost reconcile --causes --by gateway --since 7d
        llmcost reconcile --invoice openai-costs.json
    """
    from llmcost.cli.reading import Reading
    from llmcost.cli.report.reconcile import run_reconcile

    columns = tuple(name.strip() for text in by or () for name in text.split(",") if name.strip())
    reading = Reading(tuple(paths or ()), since, until, tuple(where or ()), format, output, db, pricing, strict)
    return run_reconcile(reading, columns, causes=causes, invoice=invoice)
