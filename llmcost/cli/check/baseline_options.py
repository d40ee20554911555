"""`llmcost baseline`: what checks compare with, options, shown and changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from llmcost.check_settings import KeySettings
from llmcost.cli.declare import Argument, Option
from llmcost.cli.options import Strict
from llmcost.cli.places import DEFAULT_BASELINE
from llmcost.cli.reading import BookOptions, BookTable
from llmcost.cli.sections import Commands

room = Commands(
    "baseline",
    """Record the tokens that test cases use, to compare pull requests with.

    \b
        llmcost baseline create traces/
        llmcost baseline show
        llmcost baseline accept traces/ --reason "a longer prompt, on purpose"
    """,
)
Traces = Annotated[tuple[str, ...], Argument(help="Files, folders or globs of traces.", metavar="TRACES...")]
File = Annotated[Path, Option("--output", "-o", help="The baseline's file.", metavar="FILE")]
Commit = Annotated[
    str | None,
    Option("--commit", help="The commit of the traces, where CI does not say.", metavar="SHA"),
]
Force = Annotated[bool, Option("--force", help="Write over a file that is there.")]
Reason = Annotated[str, Option("--reason", help="Why the new costs are right; it stands in the file.", metavar="TEXT")]
Shown = Annotated[Path, Argument(help="The baseline's file.", metavar="[FILE]")]


@dataclass(frozen=True, kw_only=True)
class BaselineOptions(BookOptions):
    """What a baseline is made of, and where it stands."""

    traces: Traces
    output: File = DEFAULT_BASELINE
    commit: Commit = None
    strict: Strict = False


@room.command(short_help="Make the first baseline of traces.")
def create(*, options: BaselineOptions, keys: KeySettings, force: Force = False) -> int:
    """Make a baseline of the traces of a run, or of several runs: the more, the smaller the changes that are seen.

    It holds token counts, names of cases and models, and no text. Commit it.

    \b
        llmcost baseline create traces/
        llmcost baseline create run-1/ run-2/ run-3/ --run-key file -o .llmcost/slow.json
    """
    from llmcost.cli.check.baseline import run_create

    return run_create(options, keys, force=force)


@room.command(short_help="Take traces as the new baseline, with a reason.")
def accept(*, options: BaselineOptions, reason: Reason, keys: KeySettings) -> int:
    """Replace a baseline with traces, say why, and show what that changes.

    \b
        llmcost baseline accept traces/ --reason "a longer prompt, on purpose"
    """
    from llmcost.cli.check.baseline import run_accept

    return run_accept(options, keys, reason)


@room.command(short_help="What a baseline holds, at today's prices.")
def show(*, file: Shown = DEFAULT_BASELINE, reading: BookTable, strict: Strict = False) -> int:
    """Show the cases of a baseline: their runs, requests, tokens, and what a run of them costs now.

    \b
        llmcost baseline show
        llmcost baseline show main.json -f csv
    """
    from llmcost.cli.check.baseline_show import run_show

    return run_show(reading, file, strict=strict)
