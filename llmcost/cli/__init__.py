"""The command line: parse, call one function, render, exit code. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path

from llmcost.cli.streams import close_streams, open_streams
from llmcost.errors import Exit, LlmcostError

# a price book is a hundred thousand objects that stay; the usual thresholds look through them again and again
COLLECT = (100_000, 50, 100)


def main() -> None:
    """Run the command line and leave with one of the codes of `llmcost.errors.Exit`; no traceback reaches a user."""
    gc.set_threshold(*COLLECT)
    asked = os.environ.get("_LLMCOST_COMPLETE")
    if asked:
        from llmcost.cli.app import app
        from llmcost.cli.complete.shells import answer

        sys.exit(answer(app, asked))
    open_streams()
    code = guarded()
    if code == Exit.INTERRUPTED:
        complain("interrupted", "what was committed stays; run it again to continue")
    close_streams()
    sys.exit(code)


def run() -> int:
    """Run the command that was asked for; it is loaded here, so that a Ctrl-C meanwhile is answered like any other."""
    from click.exceptions import Exit as Left

    from llmcost.cli.app import app
    from llmcost.cli.unread import exit_code

    called = Path(sys.argv[0]).name
    try:
        with app.make_context("python -m llmcost" if called == "__main__.py" else called, sys.argv[1:]) as context:
            return exit_code(app.invoke(context) or Exit.DONE, context)
    except Left as left:
        # a help, the version
        return left.exit_code


def guarded() -> int:
    """Run a command and turn whatever stops it into words and an exit code."""
    try:
        try:
            result = run()
            sys.stdout.flush()
            return result
        except Exception as error:
            return answered(error)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # nobody reads what would be said
        return Exit.READER_GONE


def answered(error: Exception) -> int:
    """Say what stopped a command, and give its exit code."""
    from click import ClickException

    if isinstance(error, LlmcostError):
        complain(error.message, error.hint)
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        return Exit.READER_GONE
    if isinstance(error, ClickException):
        with suppress(OSError):
            error.show()
        return error.exit_code
    from llmcost.cli.full import refusal_of

    refusal = refusal_of(error)
    return answered(refusal) if refusal else report_bug(error)


def complain(message: str, hint: str = "") -> None:
    """Say what is wrong on stderr, with a hint where there is one."""
    from llmcost.cli.notes import note

    note(f"error: {message}")
    if hint:
        note(f"hint: {hint}")


def report_bug(error: Exception) -> int:
    """Name the place of a bug, or show all of it on demand."""
    if os.environ.get("LLMCOST_DEBUG"):
        raise error
    from llmcost.cli.bugs import bug

    found = bug(error)
    complain(found.message, found.hint)
    return Exit.BUG
