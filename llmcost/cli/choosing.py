"""`--columns`, `--sort`, `--raw-cells`: every command that writes a table has them, heeded where it is written."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from llmcost.cli.options import Columns, RawCells, Sort
from llmcost.errors import UsageError
from llmcost.render.choose import COLUMNS, SORT, Choice

NOTHING = Choice()
# what this run of a command asks of its table, as its terminal asks for a width
ASKED: ContextVar[Choice] = ContextVar("asked", default=NOTHING)
RAW: ContextVar[bool] = ContextVar("raw", default=False)
# the parameters of a command that writes a table
TABLE = {"format", "output"}
RAW_CELLS = "--raw-cells"
# the formats whose cells a spreadsheet reads
DELIMITED = ("csv", "tsv")


def with_choice(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that writes a table these options beside its --output; any other is left as it is."""
    signature = inspect.signature(command, eval_str=True)
    own = list(signature.parameters.values())
    if not signature.parameters.keys() >= TABLE:
        return command

    @wraps(command)
    def choosing(columns: list[str] | None, sort: list[str] | None, raw_cells: bool, **values: Any) -> Any:
        with heeding(Choice(tuple(columns or ()), tuple(sort or ())), raw=raw_cells):
            return command(**values)

    at = 1 + max(at for at, parameter in enumerate(own) if parameter.name in TABLE)
    options = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)
        for name, kind, default in (("columns", Columns, None), ("sort", Sort, None), ("raw_cells", RawCells, False))
    ]
    parameters = [*own[:at], *options, *own[at:]]
    choosing.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    choosing.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return choosing


@contextmanager
def heeding(choice: Choice, *, raw: bool = False) -> Iterator[None]:
    """Heed a choice until the block ends."""
    before, before_raw = ASKED.set(choice), RAW.set(raw)
    try:
        yield
    finally:
        ASKED.reset(before)
        RAW.reset(before_raw)


def asked() -> Choice:
    """Tell what is asked of the table that is being written."""
    return ASKED.get()


def is_raw(format: str) -> bool:
    """Tell whether cells are to stay as they are. Raises UsageError for a format that knows no other cells."""
    if RAW.get() and format not in DELIMITED:
        raise UsageError(f"{RAW_CELLS}: not for {format}", hint="-f csv and -f tsv have it")
    return RAW.get()


def refuse(what: str, hint: str) -> None:
    """Refuse the options where there is no table that they could be of. Raises UsageError."""
    choice = asked()
    option = COLUMNS if choice.columns else SORT if choice.sort else RAW_CELLS if RAW.get() else ""
    if option:
        raise UsageError(f"{option}: {what} is no table", hint=hint)
