"""`llmcost alerts`: its commands and their options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from llmcost.cli.declare import Argument, Option
from llmcost.cli.options import Database, MemoryLimit, Paths, Since, Until
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.reading import Reading, Selection, TableOptions
from llmcost.cli.sections import Commands

room = Commands(
    "alerts",
    """Say when spending, errors, latency or caches are not as usual, and when a budget is spent.

    \b
        llmcost alerts test slack
        llmcost alerts check
        llmcost alerts list
        llmcost alerts silence cost-spike --for 2h
        llmcost alerts backtest --since 30d
    """,
)
Json = Annotated[bool, Option("--json", help="Print one JSON document.")]
At = Annotated[
    str | None,
    Option("--at", help="Judge as if it were this time, in UTC: 2026-11-02T14:00.", metavar="WHEN"),
]
StoreFile = Annotated[Path, Option("--db", envvar="LLMCOST_DB", help="The store, a DuckDB file.", metavar="FILE")]
Name = Annotated[str, Argument(help="A rule, or one alert of it: cost-spike/key=search.", metavar="NAME")]
For = Annotated[str, Option("--for", help="How long: 30m, 2h, 1d; 0h ends it.", metavar="LENGTH")]
Expected = Annotated[
    tuple[str, ...],
    Option(
        "--expected",
        help="When something was wrong, SINCE..UNTIL [NAME], or a file of such lines; other alarms are false.",
        metavar="TIMES",
    ),
]
Each = Annotated[bool, Option("--each", help="A row for each alert: when, for how long, what it would have said.")]
Thresholds = Annotated[bool, Option("--thresholds", help="A row for each rule at half to twice its threshold.")]

ChannelName = Annotated[str, Argument(help="A channel: its name, or its kind where it has no name.", metavar="CHANNEL")]


@dataclass(frozen=True)
class StoreReading(Selection):
    """The store that is watched: all of it, at its own prices."""

    paths: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    where: tuple[str, ...] = ()
    db: Database = DEFAULT_DB
    strict: bool = False
    memory_limit: MemoryLimit = None


@dataclass(frozen=True)
class HistoryReading(Reading):
    """The history that rules are tried on, and how the table is written."""

    paths: Paths = ()
    since: Since = None
    until: Until = None
    where: tuple[str, ...] = ()
    strict: bool = False
    memory_limit: MemoryLimit = None


@room.command(short_help="Judge what is new in the store; exit with 1 while an alert fires.")
def check(*, reading: StoreReading, json: Json = False, at: At = None) -> int:
    """Judge what has ended since the last check by the rules of llmcost.yaml, and by those that come with llmcost.

    For cron, after an ingest. It exits with 1 while an alert fires that is neither silenced nor acknowledged, and says
    of each who, how much, compared with what, since when, and which command shows more. What it knows is kept beside
    the store, so no check says anything twice. Requests that are logged an hour late begin no alert. What is new
    goes to the channels of llmcost.yaml, and what did not arrive there the last time goes again.

    \b
        llmcost alerts check
        llmcost alerts check --json
        llmcost ingest logs/ && llmcost alerts check
    """
    from llmcost.cli.alerts.run import run_check

    return run_check(reading, at, is_json=json)


@room.command(short_help="Send one message to a channel, and say what its receiver answers.")
def test(*, channel: ChannelName) -> int:
    """Send one message to a channel of llmcost.yaml, and say what its receiver answers.

    It exits with 1 where the message does not arrive. A pager opens an incident for it.

    \b
        llmcost alerts test slack
    """
    from llmcost.cli.alerts.channels import run_test

    return run_test(channel)


@room.command(name="list", short_help="List what fires, is pending, is silenced or ended today.")
def list_alerts(*, db: StoreFile = DEFAULT_DB, table: TableOptions) -> int:
    """List the alerts of the last check: those that fire, that are pending, and that ended within a day.

    An alert that fired and of which nothing was known for a day ended with "no data".

    \b
        llmcost alerts list
        llmcost alerts list -f json
    """
    from llmcost.cli.alerts.remembered import run_list

    return run_list(db, table)


@room.command(short_help="Show the messages of a rule or an alert.")
def show(*, name: Name, db: StoreFile = DEFAULT_DB, table: TableOptions) -> int:
    """Show every message of a rule or of one alert, and how the rule is.

    \b
        llmcost alerts show cost-spike
        llmcost alerts show cost-spike/key=search
    """
    from llmcost.cli.alerts.remembered import run_show

    return run_show(db, name, table)


@room.command(short_help="Send nothing of a rule or an alert for a while.")
def silence(*, name: Name, length: For = "2h", db: StoreFile = DEFAULT_DB) -> int:
    """Send nothing of a rule or of one alert for a while, and let no check exit with 1 for it.

    \b
        llmcost alerts silence cost-spike --for 2h
        llmcost alerts silence cost-spike/key=search --for 1d
    """
    from llmcost.cli.alerts.remembered import run_silence

    return run_silence(db, name, length)


@room.command(short_help="Say that a firing alert is known: no reminders until it ends.")
def ack(*, name: Name, db: StoreFile = DEFAULT_DB) -> int:
    """Say that an alert which fires is known: it reminds of nothing, and no check exits with 1 for it, until it ends.

    \b
        llmcost alerts ack cost-spike/key=search
    """
    from llmcost.cli.alerts.remembered import run_ack

    return run_ack(db, name)


@room.command(short_help="Try the rules on history: when each would have fired, and how often in vain.")
def backtest(
    *, reading: HistoryReading, expected: Expected = (), each: Each = False, thresholds: Thresholds = False
) -> int:
    """Run the rules over the store, or over logs, as checks in their time would have.

    Its messages are those that the checks would have sent, had each log been written at once. With
    --expected the alarms at other times are false, and what was expected and raised none is named.

    \b
        llmcost alerts backtest
        llmcost alerts backtest --since 30d --each
        llmcost alerts backtest --thresholds --expected "2026-10-12..2026-10-13 cost-spike"
    """
    from llmcost.cli.alerts.backtest import run_backtest

    return run_backtest(reading, expected, is_each=each, is_thresholds=thresholds)
