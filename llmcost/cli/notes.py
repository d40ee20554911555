"""What is said beside the result, on stderr."""

from __future__ import annotations

import sys
from contextlib import suppress

from llmcost.render.cell import sanitize_for_terminal

# characters of a line; a name out of a log may have a million
LONGEST, END = 1000, 250


def note(text: str) -> None:
    """Say a line, or several; names in it may come from a log, and a terminal obeys some characters."""
    # talk that nobody can hear stops nothing
    with suppress(OSError):
        print("\n".join(sanitize_for_terminal(cut(line)) for line in text.split("\n")), file=sys.stderr, flush=True)


def cut(line: str) -> str:
    """Leave out the middle of a line that is too long: what it is about stands first, and why last."""
    if len(line) <= LONGEST:
        return line
    said = f" ... {len(line) - LONGEST:,} characters left out ... "
    return line[: LONGEST - END] + said + line[-END:]
