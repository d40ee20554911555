"""What is said beside the result, on stderr."""

from __future__ import annotations

import sys

from llmcost.render.cell import legible


def note(text: str) -> None:
    """Say a line, or several; names in it may come from a log, and a terminal obeys some characters."""
    print("\n".join(legible(line) for line in text.split("\n")), file=sys.stderr)
