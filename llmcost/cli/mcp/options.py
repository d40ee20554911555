"""`llmcost mcp` and its options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from llmcost.cli.declare import Option
from llmcost.cli.options import Database, MemoryLimit, Pricing, Timeout, Zone
from llmcost.cli.places import DEFAULT_DB
from llmcost.cli.sections import Commands

room = Commands()
MaxRows = Annotated[int, Option("--max-rows", help="The most rows of an answer.", metavar="N", min=2)]


@dataclass(frozen=True)
class Served:
    """Which store is asked, at which prices, and how much an answer may take."""

    db: Database = DEFAULT_DB
    pricing: Pricing = None
    tz: Zone = "UTC"
    memory_limit: MemoryLimit = None
    timeout: Timeout = 60
    max_rows: MaxRows = 100


@room.command("mcp")
def mcp_command(*, served: Served) -> int:
    """Let an assistant ask about the store over MCP, the Model Context Protocol.

    The assistant starts it and asks over stdin and stdout. Its tools are report, why, detect, savings, show and sql.
    They read one store, change nothing, and have no text of a prompt or an answer. The store is open only while it is
    asked. Install it with pip install 'llmcost-cli[mcp]'.

    \b
        llmcost mcp
        llmcost mcp --db /srv/llmcost.duckdb --tz Europe/Berlin --max-rows 50
    """
    from llmcost.cli.mcp.run import run_mcp

    return run_mcp(served)
