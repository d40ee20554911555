"""The commands that report costs, reprice them and compare them with a bill: their options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from llmcost.cli.complete import names as completing
from llmcost.cli.declare import Argument, Option
from llmcost.cli.expand import COMMAS
from llmcost.cli.options import PRICES, Agents, AsOf, By, MemoryLimit, Zone
from llmcost.cli.reading import Reading
from llmcost.cli.sections import Commands

if TYPE_CHECKING:
    from llmcost.store import Store

room = Commands()
Words = Annotated[
    tuple[str, ...],
    Argument(
        help="overview, cost, latency, cache, errors, reliability, efficiency, budget or requests; then logs to read "
        "in memory instead of the store.",
        metavar="[VIEW] [PATH...]",
        complete=completing.files_named("report/views", "budget", "requests"),
    ),
]
Over = Annotated[
    str | None,
    Option(
        "--over",
        help="Rows in time: hour, day, week or month, gaps filled, or block: five hours from a first request on.",
        metavar="UNIT",
        complete=completing.words(*completing.UNITS),
    ),
]
Top = Annotated[
    int | None, Option("--top", help="The largest groups, and all others as one; so many requests.", metavar="N")
]
Compare = Annotated[
    str | None,
    Option(
        "--compare",
        help="previous, the same length before --since, or WHEN..WHEN: what changed.",
        metavar="PERIOD",
        complete=completing.words("previous"),
    ),
]
Assume = Annotated[
    tuple[str, ...],
    Option(
        "--assume",
        help="Price a model without a price as another, in a column of its own.",
        metavar="MODEL=MODEL",
        complete=completing.model_pairs,
        section=PRICES,
    ),
]
Sql = Annotated[bool, Option("--sql", help="Print the view's query, and run nothing.")]
Map = Annotated[
    tuple[str, ...],
    Option(
        "--map",
        help="A model and the one to price it as; may be repeated.",
        metavar="MODEL=MODEL",
        complete=completing.model_pairs,
    ),
]
Invoice = Annotated[
    Path | None,
    Option(
        "--invoice",
        help="A provider's bill or usage report to compare with, instead of what the logs report.",
        metavar="FILE",
    ),
]
Causes = Annotated[bool, Option("--causes", help="A row for each likely cause of a difference, instead of each group.")]
BillBy = Annotated[
    tuple[str, ...],
    COMMAS,
    Option(
        "--by",
        help="Columns to group by: by default gateway,emitter_version,provider,model.",
        metavar="COLUMNS",
        complete=completing.columns,
    ),
]


@dataclass(frozen=True)
class ReportReading(Reading):
    """Which requests a report is of, and as what they are priced; its paths stand behind the name of the view."""

    paths: tuple[str, ...] = ()
    tz: Zone = "UTC"
    prices_as_of: AsOf = None
    memory_limit: MemoryLimit = None
    assume: Assume = ()
    agents: Agents = False

    def open(self, *, may: Sequence[str] = ()) -> Store:
        """Open the store, or read logs into memory: those that are named, and those of coding agents if asked for."""
        if not self.agents:
            return super().open(may=may)
        from llmcost.cli.agents import agent_paths

        return replace(self, paths=agent_paths(self.paths), agents=False).open(may=may)


@dataclass(frozen=True)
class WhatIfReading(Reading):
    """Which requests are priced as if other models had served them."""

    prices_as_of: AsOf = None


@dataclass(frozen=True)
class ReportOptions:
    """What a report is to show; `by` None are the view's own groups."""

    by: By = None
    over: Over = None
    top: Top = None
    compare: Compare = None

    @property
    def is_plain(self) -> bool:
        """Whether the view is shown as it is by itself."""
        return not any((self.by, self.over, self.top, self.compare))


@room.command()
def report(*, words: Words = (), options: ReportOptions, sql: Sql = False, reading: ReportReading) -> int:
    """Report costs, latency, caches, errors, reliability, efficiency or budgets, by any columns and over time.

    Without a view it is the overview, with --by or --over costs. Costs are computed now, from token counts and
    dated prices. What has no price is listed, never $0. -f html -o FILE writes one page with all views, or with the one
    that is named; -f xlsx a workbook with a sheet for each.

    \b
        llmcost report
        llmcost report --by team,day --since 7d -f csv
        llmcost report cost --over day --by key --top 5 --tz Europe/Berlin
        llmcost report cost --by model --since 24h --compare previous
        llmcost report latency --by provider,model --since 24h
        llmcost report errors --over hour --where provider=openai
        llmcost report --over block --since 3d
        llmcost report requests --where key=search --since 7d
        llmcost report -f html -o report.html
        llmcost report -f xlsx -o report.xlsx
    """
    from llmcost.cli.report.run import print_sql, run_report, split_view

    is_cost = options.by is not None or options.over is not None or bool(reading.assume)
    view, paths = split_view(words, is_cost=is_cost)
    return print_sql(reading, view) if sql else run_report(replace(reading, paths=paths), view, options)


@room.command()
def whatif(*, map: Map = (), reading: WhatIfReading) -> int:
    """Price the same tokens as if another model had served them, side by side.

    \b
        llmcost whatif --map gpt-4o=gpt-4o-mini
        llmcost whatif --map gpt-4o=gpt-4o-mini --where team=search --since 7d
    """
    from llmcost.cli.report.whatif import run_whatif

    return run_whatif(reading, map)


@room.command()
def reconcile(*, invoice: Invoice = None, causes: Causes = False, by: BillBy = (), reading: Reading) -> int:
    """Compare our costs with what gateways report, or with a provider's bill or usage report.

    Where a reported cost is not ours, every known mistake is tried on that request, and the one that gives exactly the
    reported cost is named: cached tokens billed twice, a tier ignored, cents for dollars, last year's price. A bill is
    compared by day and model: OpenAI costs and Anthropic cost report (JSON or CSV), FOCUS, or CSV of day,model,amount.
    Of a usage report (the buckets of OpenAI's and Anthropic's usage APIs, or the consoles' CSV) tokens are compared.

    \b
        llmcost reconcile
        llmcost reconcile --causes --by gateway --since 7d
        llmcost reconcile --invoice openai-costs.json
    """
    from llmcost.cli.report.reconcile import run_reconcile

    return run_reconcile(reading, by, causes=causes, invoice=invoice)
