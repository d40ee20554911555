"""The command about one request, and its options."""

from __future__ import annotations

from typing import Annotated

import typer

from llmcost.cli.complete import names as completing
from llmcost.cli.options import Database, Format, MemoryLimit, Output, Paths, Pricing, Since, Until, Where
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.sections import Commands

show_app = Commands()


@show_app.command("show", short_help="All that is known of one request, and what it cost and why.")
def show_command(
    request_id: Annotated[
        str,
        typer.Argument(
            help="A request's or a response's id, or how it begins.",
            metavar="REQUEST_ID",
            autocompletion=completing.request_ids,
        ),
    ],
    paths: Paths = None,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="Print the log's own record as it is, and nothing else: it may hold prompts."),
    ] = False,
    detect: Annotated[bool, typer.Option("--detect/--no-detect", help="Ask the detectors about it, or not.")] = True,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    format: Format = None,
    output: Output = None,
    db: Database = DEFAULT_DB,
    pricing: Pricing = None,
    memory_limit: MemoryLimit = None,
) -> int:
    """Show all that is known of one request: what it cost and why, its retries, its findings, its record.

    --since, --until and --where say which requests the detectors see, which look at all of them together. The record
    is looked for in its log by the id and shown without its texts, only their sizes. With -f json all of it is one
    document; its rows, and all that the other formats give, are the chain: the attempts of the same call, its
    neighbours in the trace and the session, and the same prompt sent by the same key within an hour.

    \b
        llmcost show chatcmpl-8f2a
        llmcost show chatcmpl-8f2a --no-detect -f json
        llmcost show chatcmpl-8f2a --raw | jq .
        llmcost show chatcmpl-8f2a logs/*.jsonl.gz
    """
    from llmcost.cli.reading import Reading
    from llmcost.cli.show.run import run_raw, run_show

    reading = Reading(
        paths=tuple(paths or ()),
        since=since,
        until=until,
        where=tuple(where or ()),
        format=format,
        output=output,
        db=db,
        pricing=pricing,
        memory_limit=memory_limit,
    )
    return run_raw(reading, request_id) if raw else run_show(reading, request_id, detects=detect)
