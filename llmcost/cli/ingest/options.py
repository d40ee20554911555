"""The commands that read logs, look them over, and write some to try: their options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from llmcost.cli.complete import names as completing
from llmcost.cli.declare import Argument, Option
from llmcost.cli.options import Agents
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.reading import BookOptions, WholeReading
from llmcost.cli.sections import Commands

room = Commands()
Logs = Annotated[tuple[str, ...], Argument(help="Files, folders, globs, or - for stdin.", metavar="[PATH...]")]
StoreFile = Annotated[Path, Option("--db", envvar="LLMCOST_DB", help="The store, a DuckDB file.", metavar="FILE")]
LogFormat = Annotated[
    str | None,
    Option(
        "--format",
        help="The logs' format, where it is not recognised.",
        metavar="NAME",
        complete=completing.files_named("ingest/formats"),
    ),
]
Map = Annotated[
    Path | None,
    Option("--map", help="A YAML file that maps the fields of a home-made log.", metavar="FILE"),
]
LogZone = Annotated[
    str,
    Option(
        "--tz",
        help="The zone of times that are logged without one.",
        metavar="ZONE",
        complete=completing.zones,
    ),
]
Text = Annotated[
    str,
    Option(
        "--text",
        help="hash: keep keyed hashes and sizes of prompts; none: do not read them.",
        metavar="HOW",
        complete=completing.words("hash", "none"),
    ),
]
OnDuplicate = Annotated[
    str,
    Option(
        "--on-duplicate",
        help="Of a call logged twice keep the last, the first, or error.",
        metavar="WHICH",
        complete=completing.words("last", "first", "error"),
    ),
]
MaxBadLines = Annotated[
    str | None,
    Option("--max-bad-lines", help="Give up (exit 3) beyond this many bad lines: 10 or 0.5%.", metavar="N|P%"),
]
StrictIngest = Annotated[
    bool, Option("--strict", help="Allow no bad line (exit 3) and no request without a cost (exit 4).")
]
Poll = Annotated[
    float, Option("--poll", help="With --follow: look for what is new every so many seconds.", metavar="SECONDS")
]
Follow = Annotated[bool, Option("--follow", help="Keep reading what is appended, until interrupted.")]
DemoFolder = Annotated[Path, Argument(help="Where to write.", metavar="FOLDER")]
Scale = Annotated[float, Option("--scale", help="A part of the month: 0.05 is a twentieth.", metavar="SHARE")]
ForceDemo = Annotated[bool, Option("--force", help="Write into a folder that is not empty.")]


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
    poll: Poll = 2.0
    agents: Agents = False


@room.command()
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


@room.command()
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


@room.command()
def demo(*, folder: DemoFolder = Path("llmcost-demo"), scale: Scale = 1.0, force: ForceDemo = False) -> int:
    """Write an invented month of gateway logs, with the truth about its waste, to try everything on.

    \b
        llmcost demo
        llmcost demo /tmp/month --scale 0.05
    """
    from decimal import Decimal

    from llmcost.cli.ingest.demo import run_demo

    return run_demo(folder, Decimal(str(scale)), force=force)
