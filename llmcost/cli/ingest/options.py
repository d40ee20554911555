"""The commands that read logs, look them over, and write some to try: their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmcost.cli.complete import names as completing
from llmcost.cli.options import (
    Database,
    Format,
    Output,
    Paths,
    Pricing,
)
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.sections import Commands

ingest_app = Commands()


@ingest_app.command(short_help="Read logs into the store, each request once.")
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
    from llmcost.cli.ingest.run import Request, run_ingest

    return run_ingest(
        Request(tuple(paths), db, format, map, tz, text, on_duplicate, max_bad_lines, strict, follow, pricing)
    )


@ingest_app.command(short_help="Look logs over: what wrote them, what they hold, what they lack.")
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
    from llmcost.cli.ingest.doctor import run_doctor

    return run_doctor(tuple(paths or ()), db, format, output, pricing)


@ingest_app.command(short_help="Write an invented month of logs to try everything on.")
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

    from llmcost.cli.ingest.demo import run_demo

    return run_demo(folder, Decimal(str(scale)), force=force)
