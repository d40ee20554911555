"""The command line: parse, call one function, render, exit code. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from llmcost.cli.app import app


def main() -> None:
    """Run the command line and leave with the exit code of DESIGN §6; no traceback reaches a user."""
    sys.exit(guarded())


def guarded() -> int:
    """Run a command and turn whatever stops it into words and an exit code."""
    from llmcost.errors import LlmcostError

    try:
        result = app(standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except LlmcostError as error:
        complain(error.message, error.hint)
        return error.exit_code
    except BrokenPipeError:
        # the reader has seen enough; Python's own flush at exit must not complain either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted; what was committed stays, run it again to go on")
        return 130
    except Exception as error:
        return report_bug(error)


def complain(message: str, hint: str = "") -> None:
    """Say what is wrong on stderr, with a hint where there is one."""
    print(f"error: {message}", file=sys.stderr)
    if hint:
        print(f"hint: {hint}", file=sys.stderr)


def report_bug(error: Exception) -> int:
    """Name the place of a bug; its message may quote a log, so it is shown on demand only."""
    if os.environ.get("LLMCOST_DEBUG"):
        raise error
    trace = error.__traceback__
    place = "?"
    while trace:
        code = trace.tb_frame.f_code
        if "llmcost" in code.co_filename:
            place = f"{Path(code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    complain(
        f"a bug in llmcost: {type(error).__name__} at {place}",
        "LLMCOST_DEBUG=1 shows all of it; please report",
    )
    return 70
