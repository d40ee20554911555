"""`--columns` and `--sort`: every command that writes a table has them, and they are heeded where it is written."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from llmcost.cli.options import Columns, Sort
from llmcost.errors import UsageError
from llmcost.render.choose import COLUMNS, SORT, Choice

NOTHING = Choice()
# what this run of a command asks of its table, as its terminal asks for a width
ASKED: ContextVar[Choice] = ContextVar("asked", default=NOTHING)
# the parameters of a command that writes a table
TABLE = {"format", "output"}


def with_choice(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that writes a table the two options beside its --output; any other is left as it is."""
    signature = inspect.signature(command, eval_str=True)
    own = list(signature.parameters.values())
    if not signature.parameters.keys() >= TABLE:
        return command

    @wraps(command)
    def choosing(columns: list[str] | None, sort: list[str] | None, **values: Any) -> Any:
        with heeding(Choice(tuple(columns or ()), tuple(sort or ()))):
            return command(**values)

    at = 1 + max(at for at, parameter in enumerate(own) if parameter.name in TABLE)
    options = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=kind)
        for name, kind in (("columns", Columns), ("sort", Sort))
    ]
    parameters = [*own[:at], *options, *own[at:]]
    choosing.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    choosing.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return choosing


@contextmanager
def heeding(choice: Choice) -> Iterator[None]:
    """Heed a choice until the block ends."""
    before = ASKED.set(choice)
    try:
        yield
    finally:
        ASKED.reset(before)


def asked() -> Choice:
    """Tell what is asked of the table that is being written."""
    return ASKED.get()


def refuse(what: str, hint: str) -> None:
    """Refuse the options where there is no table that they could be of. Raises UsageError."""
    choice = asked()
    if choice:
        raise UsageError(f"{COLUMNS if choice.columns else SORT}: {what} is no table", hint=hint)
