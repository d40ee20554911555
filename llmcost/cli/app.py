"""The commands and their options.

Every help has a block of examples; they are commands that parse, a test sees to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmcost.cli import completing
from llmcost.cli.baseline_app import baseline_app
from llmcost.cli.check_app import check_app
from llmcost.cli.export_app import export_app
from llmcost.cli.options import (
    DEFAULT_DB,
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
from llmcost.cli.pricing_app import pricing_app
from llmcost.cli.sections import Commands, Tasks
from llmcost.cli.show_app import show_app
from llmcost.cli.sql_app import sql_app
from llmcost.cli.waste_app import waste_app

app = Commands(
    cls=Tasks,
    name="llmcost",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def llmcost(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Where LLM money goes, from the logs you already have: exact, dated, honest.

    \b
        llmcost demo
        llmcost report llmcost-demo/logs
        llmcost ingest ~/logs
        llmcost savings --since 30d
    """
    if version:
        from llmcost import __version__

        typer.echo(f"llmcost {__version__}")
        raise typer.Exit


@app.command(short_help="Read logs into the store, each request once.")
def ingest(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, globs, or - for stdin.", metavar="PATH...")],
    db: Database = DEFAULT_DB,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="The logs' format, where it is not recognised.",
            metavar="NAME",
            autocompletion=completing.files_named("ingest/formats"),
        ),
    ] = None,
    map: Annotated[
        Path | None,
        typer.Option("--map", help="A YAML file that maps the fields of a home-made log.", metavar="FILE"),
    ] = None,
    tz: Annotated[
        str,
        typer.Option(
            "--tz",
            help="The zone of times that are logged without one.",
            metavar="ZONE",
            autocompletion=completing.zones,
        ),
    ] = "UTC",
    text: Annotated[
        str,
        typer.Option(
            "--text",
            help="hash: keep keyed hashes and sizes of prompts; none: do not read them.",
            metavar="HOW",
            autocompletion=completing.words("hash", "none"),
        ),
    ] = "hash",
    on_duplicate: Annotated[
        str,
        typer.Option(
            "--on-duplicate",
            help="Of a call logged twice keep the last, the first, or error.",
            metavar="WHICH",
            autocompletion=completing.words("last", "first", "error"),
        ),
    ] = "last",
    max_bad_lines: Annotated[
        str | None,
        typer.Option("--max-bad-lines", help="Give up (exit 3) past so many bad lines: 10 or 0.5%.", metavar="N|P%"),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="No bad line is borne (exit 3), no request without a cost (exit 4).")
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on reading what is appended, until interrupted.")
    ] = False,
    pricing: Pricing = None,
) -> int:
    """Read logs into the store; what it already holds is not added again.

    Reads JSON in any shape (a record per line, arrays, pretty-printed), CSV and Parquet, plain or gz or zst. The format
    is recognised from the content, file by file. Every line that cannot be understood is kept with its number and the
    reason; the other lines of its file count. Prompts and answers are never stored.

    \b
        llmcost ingest logs/
        llmcost ingest 'logs/2026-11-*.jsonl.gz' --db november.duckdb
        llmcost ingest ~/.claude/projects --text none
        llmcost ingest --follow /var/log/gateway/
        zcat proxy.log.gz | llmcost ingest -
    """
    from llmcost.cli.ingesting import Request, run_ingest

    return run_ingest(
        Request(tuple(paths), db, format, map, tz, text, on_duplicate, max_bad_lines, strict, follow, pricing)
    )


@app.command(short_help="Look logs over: what wrote them, what they hold, what they lack.")
def doctor(
    paths: Paths = None,
    db: Database = DEFAULT_DB,
    format: Format = None,
    output: Output = None,
    pricing: Pricing = None,
) -> int:
    """Look logs over: what wrote them, which fields they have, what is missing for which question.

    Finds formats and emitters, field coverage, clock skew, models without price, answers without usage, calls logged
    twice, lines that could not be read, and which detectors can run on these logs.

    \b
        llmcost doctor
        llmcost doctor logs/
    """
    from llmcost.cli.examining import run_doctor

    return run_doctor(tuple(paths or ()), db, format, output, pricing)


@app.command(short_help="Costs, latency, caches, errors, budgets: by anything, over time.")
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
    from llmcost.cli.reporting import Asked, print_sql, run_report, split_view

    columns = None if by is None else names_in(by)
    view, paths = split_view(tuple(words or ()), is_cost=columns is not None or bool(assume))
    if sql:
        return print_sql(view)
    reading = Reading(paths, since, until, tuple(where or ()), format, output, db, pricing, strict, memory_limit, tz)
    return run_report(reading, Asked(view, columns, over, top, compare, prices_as_of, tuple(assume or ())))


@app.command(short_help="Price the same tokens as if another model had served them.")
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
    from llmcost.cli.whatif import run_whatif

    return run_whatif(
        Reading(tuple(paths or ()), since, until, tuple(where or ()), format, output, db, pricing, strict),
        map or (),
        prices_as_of,
    )


@app.command(short_help="Compare our costs with the gateway's own, or with a bill.")
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
    from llmcost.cli.reconciling import run_reconcile

    columns = tuple(name.strip() for text in by or () for name in text.split(",") if name.strip())
    reading = Reading(tuple(paths or ()), since, until, tuple(where or ()), format, output, db, pricing, strict)
    return run_reconcile(reading, columns, causes=causes, invoice=invoice)


@app.command(short_help="Write an invented month of logs to try everything on.")
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to write.", metavar="FOLDER")] = Path("llmcost-demo"),
    scale: Annotated[
        float, typer.Option("--scale", help="A part of the month: 0.05 is a twentieth.", metavar="SHARE")
    ] = 1.0,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that is not empty.")] = False,
) -> int:
    """Write an invented month of gateway logs, with the truth about its waste, to try everything on.

    \b
        llmcost demo
        llmcost demo /tmp/month --scale 0.05
    """
    from decimal import Decimal

    from llmcost.cli.demo import run_demo

    return run_demo(folder, Decimal(str(scale)), force=force)


app.add_typer(waste_app)
app.add_typer(show_app)
app.add_typer(sql_app)
app.add_typer(check_app)
app.add_typer(baseline_app, name="baseline", short_help="Keep what test cases use, to compare with.")
app.add_typer(pricing_app, name="pricing", short_help="Look into the dated prices, explain a cost, keep the book.")
app.add_typer(export_app, name="export", short_help="Write costs and requests for other systems.")
