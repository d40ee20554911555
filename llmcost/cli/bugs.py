"""What is said of a bug: where it is, and nothing of its message, which may quote a log."""

from __future__ import annotations

from pathlib import Path

from llmcost.errors import LlmcostError


def bug(error: Exception) -> LlmcostError:
    """Name the place of a bug."""
    trace = error.__traceback__
    place = "?"
    while trace:
        code = trace.tb_frame.f_code
        if "llmcost" in code.co_filename:
            place = f"{Path(code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return LlmcostError(
        f"a bug in llmcost: {type(error).__name__} at {place}",
        hint="LLMCOST_DEBUG=1 shows all of it; please report",
    )
