"""The command that says what made spending change, and its options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from llmcost.cli.complete import names as completing
from llmcost.cli.declare import Option
from llmcost.cli.options import By, MemoryLimit, Zone
from llmcost.cli.reading import Reading
from llmcost.cli.sections import Commands

room = Commands()
Compare = Annotated[
    str,
    Option(
        "--compare",
        help="previous, the same length before --since, or WHEN..WHEN: what to compare with.",
        metavar="PERIOD",
        complete=completing.words("previous"),
    ),
]
Top = Annotated[int, Option("--top", help="The groups that changed most; all others are one.", metavar="N")]


@dataclass(frozen=True)
class WhyReading(Reading):
    """Which requests are looked at, and in which zone."""

    tz: Zone = "UTC"
    memory_limit: MemoryLimit = None


@dataclass(frozen=True)
class WhyOptions:
    """What is compared, and by what; without --since the last seven days of the logs, or their second half."""

    by: By = None
    compare: Compare = "previous"
    top: Top = 10


@room.command()
def why(*, options: WhyOptions, reading: WhyReading) -> int:
    """Say what made spending change between two times: which keys, by what, and since when.

    The change of cost a day is shared out exactly: more calls, retries, other models, input, caches, output, prices,
    and what is not paid by the token. Of each key it is said in which hour it began, where one stands out, and which
    requests were the first. Without --since it is the last seven days of the logs, or their second half.

    \b
        llmcost why
        llmcost why --since 2026-10-14 --compare 2026-10-01..2026-10-14
        llmcost why --since 7d --by team,model --top 3
    """
    from llmcost.cli.why.run import run_why

    return run_why(reading, options)
