"""`llmcost pricing ...`: look into the price book, and keep it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from llmcost.cli.complete import names as completing
from llmcost.cli.declare import Argument, Option
from llmcost.cli.options import PRICES
from llmcost.cli.reading import BookTable, Reading, TableOptions, WholeReading
from llmcost.cli.sections import Commands

room = Commands(
    "pricing",
    """Look up prices, explain costs, and maintain the price book.

    \b
        llmcost pricing show gpt-4o
        llmcost pricing missing
        llmcost pricing explain chatcmpl-123
    """,
)
Model = Annotated[str, Argument(help="A model as logs name it.", metavar="MODEL", complete=completing.models)]
Seller = Annotated[
    str | None,
    Option("--provider", help="The provider, where several sell it.", metavar="NAME", complete=completing.providers),
]
OnlyProvider = Annotated[
    str | None,
    Option("--provider", help="Only this provider's models.", metavar="NAME", complete=completing.providers),
]
OnlyProviders = Annotated[
    tuple[str, ...],
    Option(
        "--provider",
        help="Only this provider; may be repeated.",
        metavar="NAME",
        complete=completing.providers,
    ),
]
At = Annotated[str | None, Option("--at", help="As of this day; today by default.", metavar="DATE")]
BookFile = Annotated[Path | None, Argument(help="A book; by default the ones that count here.", metavar="[FILE]")]
Source = Annotated[str, Argument(help="genai-prices, a LiteLLM file, or a book.", metavar="SOURCE")]
From = Annotated[
    str,
    Option(
        "--from",
        help="genai-prices or litellm (as installed, offline), a LiteLLM price file, or another book.",
        metavar="SOURCE",
    ),
]
Target = Annotated[
    Path | None,
    Option("--to", help="The book to change; by default the nearest pricing.local.yaml.", metavar="FILE"),
]
Corrections = Annotated[
    tuple[str, ...],
    Option(
        "--accept-corrections",
        help="This model's price was wrong: rewrite it.",
        metavar="MODEL",
        complete=completing.models,
    ),
]
Yes = Annotated[bool, Option("--yes", help="Take jumps over fivefold and prices that become 0, too.")]
Stub = Annotated[
    Path | None,
    Option("--write-stub", help="Write entries to be filled in to this file.", metavar="FILE"),
]
StrictMissing = Annotated[bool, Option("--strict", help="Exit with 4 if there are no requests.", section=PRICES)]
RequestId = Annotated[
    str,
    Argument(help="A request's id, or its response's.", metavar="REQUEST_ID", complete=completing.request_ids),
]


@dataclass(frozen=True)
class MissingReading(Reading):
    """Which requests are looked through for what has no price."""

    strict: StrictMissing = False


@room.command("list", short_help="List the models of the book with their rates.")
def list_models(*, provider: OnlyProvider = None, at: At = None, reading: BookTable) -> int:
    """List the models of the book with their standard rates, USD per million tokens.

    \b
        llmcost pricing list --provider anthropic
        llmcost pricing list --at 2026-01-01 -f csv -o prices.csv
    """
    from llmcost.cli.pricing.models import run_list

    return run_list(reading, provider, at)


@room.command(short_help="How a name is resolved, and every price that applies on a day.")
def show(*, model: Model, provider: Seller = None, at: At = None, reading: BookTable) -> int:
    """Show how a name is resolved and every price that applies on a day: period, tier, hours, service level, source.

    \b
        llmcost pricing show gpt-5.6-sol --at 2026-08-20
        llmcost pricing show us.anthropic.claude-sonnet-4-5-20250929-v1:0 --provider bedrock
    """
    from llmcost.cli.pricing.model import run_show

    return run_show(reading, model, provider, at)


@room.command(short_help="Check a book, and list what deserves a look.")
def check(*, file: BookFile = None, reading: BookTable) -> int:
    """Check a book: what would be refused, jumps over fivefold, prices that became 0, no cache price, future dates.

    What is no valid book is refused with file and line (exit 2); what only deserves a look is listed.

    \b
        llmcost pricing check pricing.local.yaml
    """
    from llmcost.cli.pricing.inspect import run_check

    return run_check(reading, file)


@room.command(short_help="Where a source differs from the book; writes nothing.")
def diff(*, source: Source, to: Target = None, table: TableOptions) -> int:
    """Show where a source differs from the book today; nothing is written.

    \b
        llmcost pricing diff genai-prices
        llmcost pricing diff litellm
        llmcost pricing diff model_prices_and_context_window.json
    """
    from llmcost.cli.pricing.update import run_diff

    return run_diff(table, source, to)


@room.command(short_help="Take new models and changed prices from a source.")
def update(
    *,
    source: From,
    to: Target = None,
    provider: OnlyProviders = (),
    accept_corrections: Corrections = (),
    yes: Yes = False,
) -> int:
    """Take new models and changed prices from a source; a changed price is a new period, nothing is rewritten.

    A source without dates dates a change to today. Jumps over fivefold and prices that become 0 are held back (exit 1)
    until --yes. What changes is printed.

    \b
        llmcost pricing update --from genai-prices
        llmcost pricing update --from model_prices_and_context_window.json --provider mistral
    """
    from llmcost.cli.pricing.update import run_update

    return run_update(source, to, provider, frozenset(accept_corrections), yes)


@room.command(short_help="What has no price, why, and what to do.")
def missing(*, write_stub: Stub = None, reading: MissingReading) -> int:
    """List what has no price, largest first, with the reason and what to do.

    \b
        llmcost pricing missing
        llmcost pricing missing --write-stub pricing.local.yaml
    """
    from llmcost.cli.pricing.missing import run_missing

    return run_missing(reading, write_stub)


@room.command(short_help="Explain the cost of one request, line by line.")
def explain(*, request_id: RequestId, reading: WholeReading) -> int:
    """Explain the cost of one request, line by line: which price, how much of what, what it comes to.

    \b
        llmcost pricing explain chatcmpl-123
        llmcost pricing explain msg_01 logs/*.jsonl
    """
    from llmcost.cli.pricing.explain import run_explain

    return run_explain(reading, request_id)
