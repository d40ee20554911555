"""The command line: which commands there are, what each is for, and the room that it stands in.

A room is imported when one of its commands is asked for. Every help has a block of examples; they are commands that
parse, a test sees to it.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

import click

from llmcost.cli.sections import Commands


class Place(NamedTuple):
    """Where a command is declared, and its line in the list of all."""

    module: str
    line: str


TASKS = {
    "Read logs": {
        "ingest": Place("ingest.options", "Read logs into the store, each request once."),
        "doctor": Place("ingest.options", "Inspect logs: what wrote them, what they hold, what they lack."),
        "demo": Place("ingest.options", "Write an invented month of logs to try everything on."),
    },
    "Report": {
        "report": Place("report.options", "Costs, latency, caches, errors, budgets: by anything, over time."),
        "why": Place("why.options", "What made spending change: which keys, by what, since when."),
        "show": Place("show.options", "All that is known of one request, and what it cost and why."),
        "sql": Place("sql.options", "Query the store in SQL, read only, with costs."),
        "whatif": Place("report.options", "Price the same tokens as if another model had served them."),
    },
    "Find waste": {
        "detect": Place("waste.options", "Find requests that were waste, and say what would fix it."),
        "savings": Place("waste.options", "Add up waste, each dollar once; or what a fix really saved."),
        "sample": Place("waste.options", "Draw requests to try a smaller model on."),
        "verify": Place("waste.options", "Compare two models' outputs to the same requests."),
    },
    "Watch": {
        "watch": Place("watch.options", "Follow logs and show what is spent now, by whom, and how it goes."),
        "alerts": Place("alerts.options", "Say when spending, errors or latency are not as usual."),
        "throttle": Place("throttle.options", "Show and release keys that are slowed for their spending."),
    },
    "CI checks": {
        "check": Place("check.options", "Fail a change that makes calls cost more."),
        "baseline": Place("check.baseline_options", "Record what test cases use, to compare with."),
    },
    "Prices": {
        "pricing": Place("pricing.options", "Look up dated prices, explain a cost, maintain the book."),
        "reconcile": Place("report.options", "Compare our costs with the gateway's own, or with a bill."),
    },
    "Export": {
        "export": Place("export.options", "Write costs and requests for other systems."),
        "mcp": Place("mcp.options", "Let an assistant ask the store, read only, over MCP."),
    },
    "Keep the store": {
        "compact": Place("upkeep.options", "Sort the store by time: it is smaller, and recent days are read alone."),
        "prune": Place("upkeep.options", "Take out requests before a day; keep what they came to."),
    },
}


class Tasks(Commands):
    """The commands of all rooms, sorted by task."""

    def __init__(self, name: str, help: str, **settings: Any) -> None:
        super().__init__(name, help, **settings)
        for places in TASKS.values():
            for called, place in places.items():
                self.offer(called, place.line, partial(found, called, place))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each task."""
        for task, places in TASKS.items():
            self.write_lines(formatter, task, places)


def found(name: str, place: Place) -> click.Command:
    """Import the room of a command, and take it from there."""
    room: Commands = import_module(f"llmcost.cli.{place.module}").room
    return room if room.name == name else room.commands[name]


def show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Say which version this is."""
    if value and not ctx.resilient_parsing:
        from llmcost import __version__

        click.echo(f"llmcost {__version__}")
        ctx.exit()


def install_completion(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Let the shell that asks complete from now on."""
    if value and not ctx.resilient_parsing:
        from llmcost.cli.complete.install import install

        shell, file = install()
        click.secho(f"{shell} completion installed in {file}", fg="green")
        click.echo("Completion will take effect once you restart the terminal")
        ctx.exit()


def show_completion(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Print what the shell that asks would read."""
    if value and not ctx.resilient_parsing:
        from llmcost.cli.complete.install import present_shell
        from llmcost.cli.complete.shells import script

        click.echo(script(present_shell()))
        ctx.exit()


def leaving(flag: str, callback: Any, help: str) -> click.Option:
    """Make an option that does one thing and leaves."""
    return click.Option([flag], is_flag=True, is_eager=True, expose_value=False, callback=callback, help=help)


app = Tasks(
    "llmcost",
    """Where LLM money goes, from the logs you already have: exact, dated, honest.

    \b
        llmcost demo
        llmcost report llmcost-demo/logs
        llmcost ingest ~/logs
        llmcost savings --since 30d
    """,
    params=[
        leaving("--version", show_version, "Show the version and exit."),
        leaving("--install-completion", install_completion, "Install completion for the current shell."),
        leaving(
            "--show-completion",
            show_completion,
            "Show completion for the current shell, to copy it or customize the installation.",
        ),
    ],
    context_settings={"help_option_names": ["-h", "--help"]},
)
