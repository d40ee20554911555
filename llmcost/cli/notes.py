"""What is said beside the result, on stderr."""

from __future__ import annotations

import sys
from contextlib import suppress

from llmcost.render.cell import legible


def note(text: str) -> None:
    """Say a line, or several; names in it may come from a log, and a terminal obeys some characters."""
    # talk that nobody can hear stops nothing
    with suppress(OSError):
        print("\n".join(legible(line) for line in text.split("\n")), file=sys.stderr, flush=True)
