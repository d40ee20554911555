"""The commands and their options.

Every help has a block of examples; they are commands that parse, a test sees to it.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

import typer
from typer.main import get_command

from llmcost.cli.check.baseline_options import baseline_app
from llmcost.cli.check.options import check_app
from llmcost.cli.export.options import export_app
from llmcost.cli.ingest.options import ingest_app
from llmcost.cli.pricing.options import pricing_app
from llmcost.cli.report.options import report_app
from llmcost.cli.sections import Commands, Tasks
from llmcost.cli.show.options import show_app
from llmcost.cli.sql.options import sql_app
from llmcost.cli.waste.options import waste_app

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


app.add_typer(ingest_app)
app.add_typer(report_app)
app.add_typer(waste_app)
app.add_typer(show_app)
app.add_typer(sql_app)
app.add_typer(check_app)
app.add_typer(baseline_app, name="baseline", short_help="Record what test cases use, to compare with.")
app.add_typer(pricing_app, name="pricing", short_help="Look up dated prices, explain a cost, maintain the book.")
app.add_typer(export_app, name="export", short_help="Write costs and requests for other systems.")


@cache
def command() -> Any:
    """Make the command line of the commands above; once, since it takes a tenth of a second."""
    return get_command(app)
