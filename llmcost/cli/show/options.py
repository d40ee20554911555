"""The command about one request, and its options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from llmcost.cli.complete import names as completing
from llmcost.cli.declare import Argument, Option
from llmcost.cli.options import MemoryLimit
from llmcost.cli.reading import Reading
from llmcost.cli.sections import Commands

room = Commands()
RequestId = Annotated[
    str,
    Argument(
        help="A request's or a response's id, or how it begins.",
        metavar="REQUEST_ID",
        complete=completing.request_ids,
    ),
]
Raw = Annotated[
    bool,
    Option("--raw", help="Print the log's own record as it is, and nothing else: it may hold prompts."),
]
Detect = Annotated[bool, Option("--detect/--no-detect", help="Ask the detectors about it, or not.")]


@dataclass(frozen=True)
class ShowReading(Reading):
    """Where a request is looked for, and which others the detectors see with it."""

    strict: bool = False
    memory_limit: MemoryLimit = None


@room.command("show")
def show_command(*, request_id: RequestId, raw: Raw = False, detect: Detect = True, reading: ShowReading) -> int:
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
    from llmcost.cli.show.run import run_raw, run_show

    return run_raw(reading, request_id) if raw else run_show(reading, request_id, detects=detect)
