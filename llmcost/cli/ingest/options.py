"""The commands that read logs, look them over, and write some to try: their options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from llmcost.cli.complete import names as completing
from llmcost.cli.options import Agents
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.reading import BookOptions, WholeReading
from llmcost.cli.sections import Commands

ingest_app = Commands()
Logs = Annotated[tuple[str, ...], typer.Argument(help="Files, folders, globs, or - for stdin.", metavar="[PATH...]")]
StoreFile = Annotated[Path, typer.Option("--db", envvar="LLMCOST_DB", help="The store, a DuckDB file.", metavar="FILE")]
LogFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="The logs' format, where it is not recognised.",
        metavar="NAME",
        autocompletion=completing.files_named("ingest/formats"),
    ),
]
Map = Annotated[
    Path | None,
    typer.Option("--map", help="A YAML file that maps the fields of a home-made log.", metavar="FILE"),
]
LogZone = Annotated[
    str,
    typer.Option(
        "--tz",
        help="The zone of times that are logged without one.",
        metavar="ZONE",
        autocompletion=completing.zones,
    ),
]
Text = Annotated[
    str,
    typer.Option(
        "--text",
        help="hash: keep keyed hashes and sizes of prompts; none: do not read them.",
        metavar="HOW",
        autocompletion=completing.words("hash", "none"),
    ),
]
OnDuplicate = Annotated[
    str,
    typer.Option(
        "--on-duplicate",
        help="Of a call logged twice keep the last, the first, or error.",
        metavar="WHICH",
        autocompletion=completing.words("last", "first", "error"),
    ),
]
MaxBadLines = Annotated[
    str | None,
    typer.Option("--max-bad-lines", help="Give up (exit 3) beyond this many bad lines: 10 or 0.5%.", metavar="N|P%"),
]
StrictIngest = Annotated[
    bool, typer.Option("--strict", help="Allow no bad line (exit 3) and no request without a cost (exit 4).")
]
Follow = Annotated[bool, typer.Option("--follow", help="Keep reading what is appended, until interrupted.")]
DemoFolder = Annotated[Path, typer.Argument(help="Where to write.", metavar="FOLDER")]
Scale = Annotated[float, typer.Option("--scale", help="A part of the month: 0.05 is a twentieth.", metavar="SHARE")]
ForceDemo = Annotated[bool, typer.Option("--force", help="Write into a folder that is not empty.")]


@dataclass(frozen=True, kw_only=True)
class IngestOptions(BookOptions):
    """Which logs are read, how, and into which store."""

    paths: Logs = ()
    db: StoreFile = DEFAULT_DB
    format: LogFormat = None
    map: Map = None
    tz: LogZone = "UTC"
    text: Text = "hash"
    on_duplicate: OnDuplicate = "last"
    max_bad_lines: MaxBadLines = None
    strict: StrictIngest = False
    follow: Follow = False
    agents: Agents = False


@ingest_app.command(short_help="Read logs into the store, each request once.")
def ingest(*, options: IngestOptions) -> int:
    """Read logs into the store; what it already holds is not added again.

    Reads JSON in any shape (a record per line, arrays, pretty-printed), CSV and Parquet, plain or gz or zst. The format
    is recognised from the content, file by file. Every line that cannot be understood is kept with its number and the
    reason; the other lines of its file count. Prompts and answers are never stored.

    \b
        llmcost ingest logs/
        llmcost ingest 'logs/2026-11-*.jsonl.gz' --db november.duckdb
        llmcost ingest ~/.claude/projects --text none
        llmcost ingest --agents
        llmcost ingest --follow /var/log/gateway/
        zcat proxy.log.gz | llmcost ingest -
    """
    from llmcost.cli.ingest.run import run_ingest

    return run_ingest(options)


@ingest_app.command(short_help="Inspect logs: what wrote them, what they hold, what they lack.")
def doctor(*, reading: WholeReading) -> int:
    """Inspect logs: what wrote them, which fields they have, what is missing for which question.

    Finds formats and emitters, field coverage, clock skew, models without price, answers without usage, calls logged
    twice, lines that could not be read, and which detectors can run on these logs.

    \b
        llmcost doctor
        llmcost doctor logs/
    """
    from llmcost.cli.ingest.doctor import run_doctor

    return run_doctor(reading)


@ingest_app.command(short_help="Write an invented month of logs to try everything on.")
def demo(*, folder: DemoFolder = Path("llmcost-demo"), scale: Scale = 1.0, force: ForceDemo = False) -> int:
    """Write an invented month of gateway logs, with the truth about its waste, to try everything on.

    \b
        llmcost demo
        llmcost demo /tmp/month --scale 0.05
    """
    from decimal import Decimal

    from llmcost.cli.ingest.demo import run_demo

    return run_demo(folder, Decimal(str(scale)), force=force)
