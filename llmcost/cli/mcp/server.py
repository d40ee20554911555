"""The server: its tools and its own description, and nothing that could write."""

from __future__ import annotations

from mcp.server import MCPServer
from mcp_types import ToolAnnotations

from llmcost import __version__
from llmcost.cli.mcp.options import Served
from llmcost.cli.mcp.tools import Tools

READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
SAYS = """\
Costs of LLM requests, from the logs of gateways, exact and at dated prices. Begin with `report`; `why` says what
changed, `savings` and `detect` what was waste, `show` all of one request, `sql` the rest. Dollars are exact; null is
not known, and not 0. Answers have `rows`, `more_rows` that were cut off, and `notes` on prices and coverage."""


def server_of(served: Served) -> MCPServer:
    """Make the server over a store."""
    tools = Tools(served)
    # its log is talk, and crashes are said by `answers` without what a log may hold
    server = MCPServer("llmcost", version=__version__, instructions=SAYS, log_level="CRITICAL")
    for tool in (tools.report, tools.why, tools.detect, tools.savings, tools.show, tools.sql):
        server.add_tool(tool, annotations=READS, structured_output=False)
    return server
