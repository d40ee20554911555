"""What one file does ends nothing: it is set aside with its path and reason, and the others are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from llmcost.errors import NO_ROOM, InputError, ShelfError
from llmcost.ingest.summary import Summary


@contextmanager
def setting_aside(path: str, is_named: bool, summary: Summary) -> Iterator[None]:
    """Catch whatever a file does while the block looks at it, or reads it into a copy.

    A file that was named is `refused`, one that lay in a folder `skipped`. Raises OSError where the disk is full,
    ShelfError where a file of ours is wrong, whatever the log is.
    """
    try:
        yield
    except ShelfError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            raise
        refusal = error if isinstance(error, InputError) else InputError(f"{path}: {reason(error)}")
        if is_named:
            summary.refused.append(refusal)
        else:
            summary.skipped.append((path, refusal.message.removeprefix(f"{path}: ")))


def reason(error: Exception) -> str:
    """Say what went wrong without the error's own words, which may quote the file."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, MemoryError):
        return "more than memory holds"
    return f"cannot be read ({type(error).__name__})"


def refusal_of(refused: Sequence[InputError]) -> InputError:
    """Make one refusal of those of all files that were named."""
    if len(refused) == 1:
        return refused[0]
    listed = "".join(f"\n  {error.message}" for error in refused)
    hints = dict.fromkeys(error.hint for error in refused if error.hint)
    return InputError(f"{len(refused)} of the files that were named cannot be read:{listed}", hint="; ".join(hints))


def check_anything(summary: Summary, paths: list[str]) -> None:
    """Raise InputError where there was nothing to read."""
    if summary.files or summary.unchanged:
        return
    if summary.refused:
        raise refusal_of(summary.refused)
    if summary.skipped:
        path, why = summary.skipped[0]
        count = len(summary.skipped)
        raise InputError(f"no logs found in {count:,} {'file' if count == 1 else 'files'}; {path}: {why}")
    if paths:
        raise InputError(f"{paths[0]}: no logs found, but the store itself")
