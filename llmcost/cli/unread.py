"""Named files that could not be read, while the others were: said at once, and in the exit code at the end."""

from __future__ import annotations

from collections.abc import Sequence

from click import Context, get_current_context

from llmcost.errors import InputError

UNREAD = 3
# what the command's context keeps of it
REFUSED = "llmcost.refused"


def note_unread(refused: Sequence[InputError]) -> None:
    """Say what could not be read; the command goes on with the rest, and ends with 3."""
    # a help needs nothing of this
    from llmcost.cli.notes import note

    for error in refused:
        note(f"error: {error.message}")
        if error.hint:
            note(f"hint: {error.hint}")
    context = get_current_context(silent=True)
    if context and refused:
        context.meta[REFUSED] = True


def exit_code(code: int, context: Context) -> int:
    """Take a command's own code, or where it is 0, that of what could not be read."""
    return code or (UNREAD if context.meta.get(REFUSED) else 0)
