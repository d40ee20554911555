"""`llmcost export`: spend in the columns that other systems read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from llmcost.cli.complete import names as completing
from llmcost.cli.declare import Option
from llmcost.cli.expand import COMMAS
from llmcost.cli.options import By, MemoryLimit, Output, Since, Zone
from llmcost.cli.reading import Reading, Selection
from llmcost.cli.sections import Commands

Tags = Annotated[
    tuple[str, ...],
    COMMAS,
    Option(
        "--by",
        help="Columns that split the rows and become Tags, with commas: team, key.",
        metavar="COLUMNS",
        complete=completing.columns,
    ),
]
Version = Annotated[
    str,
    Option(
        "--focus-version",
        help="1.2 or 1.3 of the specification.",
        metavar="VERSION",
        complete=completing.words("1.2", "1.3"),
    ),
]
Account = Annotated[
    str | None,
    Option("--billing-account", help="Whose account the charges stand in.", metavar="TEXT"),
]
Folder = Annotated[
    Path,
    Option("--output", "-o", help="The folder to write, new or empty.", metavar="FOLDER"),
]
Force = Annotated[bool, Option("--force", help="Replace an earlier export in the folder; other files stay.")]
Top = Annotated[
    int | None,
    Option("--top", help="The groups that cost most, and all others as one.", metavar="N"),
]
Savings = Annotated[bool, Option("--savings", help="Run all detectors, too, for what fixes would save.")]


@dataclass(frozen=True)
class FolderSelection(Selection):
    """What goes into a folder of Parquet files."""

    memory_limit: MemoryLimit = None


@dataclass(frozen=True)
class GaugeSelection(Selection):
    """What is measured: of the last day, where nothing else is said."""

    since: Since = "24h"
    tz: Zone = "UTC"
    output: Output = None
    memory_limit: MemoryLimit = None


@dataclass(frozen=True)
class PrometheusOptions:
    """What is to be measured: by which columns, how many groups, and whether detectors run."""

    by: By = None
    top: Top = None
    savings: Savings = False


room = Commands(
    "export",
    """Write costs and requests in the columns that other systems read.

    \b
        llmcost export focus -o focus.csv
        llmcost export daily -o daily
    """,
)


@room.command(short_help="FOCUS rows, for FinOps tools.")
def focus(*, reading: Reading, by: Tags = (), focus_version: Version = "1.3", billing_account: Account = None) -> int:
    """Write spend as FOCUS, the FinOps cost and usage specification; CSV unless -f says otherwise.

    One row per day (UTC), price and meter, never per request. Costs are estimates from token counts and prices, not an
    invoice; what has no price is left out and counted on stderr.

    \b
        llmcost export focus -o focus.csv
        llmcost export focus --by team,key --since 2026-11-01 --until 2026-12-01
        llmcost export focus --billing-account acme-ai -f jsonl logs/
    """
    from llmcost.cli.export.run import run_focus

    return run_focus(reading, by, focus_version, billing_account)


@room.command("requests", short_help="Every request with its cost, as Parquet by day.")
def requests_command(*, folder: Folder, force: Force = False, selection: FolderSelection) -> int:
    """Write every request with its cost as Parquet, a folder for each day (UTC).

    All columns of the store, and model, provider, key, team, price_status, list_cost_usd and cost_usd. Money is exact:
    DECIMAL. What has no price has no cost, and price_status says why. No prompt or answer is in it.

    \b
        llmcost export requests -o requests
        llmcost export requests -o november --since 2026-11-01 --until 2026-12-01 --force
    """
    from llmcost.cli.export.run import run_days

    return run_days(selection, "requests", folder, force=force)


@room.command("daily", short_help="Sums by day and all that is grouped by, as Parquet.")
def daily_command(*, folder: Folder, force: Force = False, selection: FolderSelection) -> int:
    """Write sums by day (UTC), provider, model, key, team, project, user and operation as Parquet.

    Requests, errors, tokens and cost, all of which may be added up further; a folder for each day. costed_requests are
    those that have a cost. --force replaces the whole of an earlier export, not single days.

    \b
        llmcost export daily -o daily
        llmcost export daily -o daily --force --where provider=openai
    """
    from llmcost.cli.export.run import run_days

    return run_days(selection, "daily", folder, force=force)


@room.command("prometheus", short_help="Gauges for Prometheus to collect from a file.")
def prometheus_command(*, options: PrometheusOptions, selection: GaugeSelection) -> int:
    """Write gauges for Prometheus, as a text file for the node exporter's textfile collector.

    Requests, tokens, cost, errors, caches and waits of the last 24 hours unless --since says otherwise, by provider and
    model unless --by says otherwise; budgets of llmcost.yaml; when the last request was. What is not known is left out,
    never 0. The file of -o is replaced at once, never half written. Cron line and alert rules: docs/prometheus.md.

    \b
        llmcost export prometheus
        llmcost export prometheus -o /var/lib/prometheus/node-exporter/llmcost.prom
        llmcost export prometheus --by team,model --top 50 --savings
    """
    from llmcost.cli.export.prometheus import run_prometheus

    return run_prometheus(selection, options)
