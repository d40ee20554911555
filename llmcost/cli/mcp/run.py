"""`llmcost mcp`: serve the tools over stdin and stdout until nobody asks any more."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from llmcost.cli.mcp.options import Served
from llmcost.cli.notes import note
from llmcost.errors import UsageError


def run_mcp(served: Served) -> int:
    """Answer until stdin ends. Raises UsageError where the library is not installed."""
    if find_spec("mcp") is None:
        raise UsageError("mcp is not installed", hint="pip install 'llmcost-cli[mcp]'")
    # nobody else needs the library
    from llmcost.cli.mcp.server import server_of

    if sys.stdin.isatty():
        note("waiting for an assistant's questions on stdin; Ctrl-C ends it")
    server_of(served).run("stdio")
    return 0
