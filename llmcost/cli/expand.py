"""Options that are fields: where a command takes a dataclass, each field that says so is an option of the command.

    def savings(*, reading: Reading, fail_on: FailOn = ()) -> int: ...

A field is an option where its annotation holds typer's `Option` or `Argument`, or where its metadata has `help`, as in
a dataclass of the library, which knows no typer. Tuples take the place of typer's lists.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Annotated, Any, get_args, get_type_hints

import typer
from typer.models import ParameterInfo

from llmcost.cli.complete import names as completing

# beside an option: each of its texts holds one name, or several with commas
COMMAS = "names with commas"
SEVERAL = tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Option:
    """One parameter of the command line: its type, what typer knows of it, and its value where none is given."""

    name: str
    type: Any
    info: tuple[Any, ...]
    default: Any

    @property
    def is_several(self) -> bool:
        """Whether it may be given several times."""
        return SEVERAL in (self.type, *get_args(self.type))

    def parameter(self) -> inspect.Parameter:
        """Write it as typer reads it."""
        is_needed = self.default is inspect.Parameter.empty
        kind = self.type if not self.is_several else list[str] if is_needed else list[str] | None
        default = None if self.is_several and not is_needed else self.default
        hint = Annotated[(kind, *self.info)] if self.info else kind
        return inspect.Parameter(self.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)

    def value(self, given: Any) -> Any:
        """Read what typer gives."""
        if not self.is_several:
            return given
        if given is None:
            return self.default
        return names_in(given) if COMMAS in self.info else tuple(given)


def expanded(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for each field of the dataclasses that it takes."""
    signature = inspect.signature(command, eval_str=True)
    options = {parameter.name: list(options_of(parameter)) for parameter in signature.parameters.values()}

    @wraps(command)
    def run(**given: Any) -> Any:
        return command(**{name: value_of(signature.parameters[name], found, given) for name, found in options.items()})

    parameters = [option.parameter() for found in options.values() for option in found]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def options_of(parameter: inspect.Parameter) -> Iterator[Option]:
    """List the options that a parameter of a command stands for: itself, or the fields of its dataclass."""
    if not dataclasses.is_dataclass(parameter.annotation):
        yield option(parameter.name, parameter.annotation, parameter.default)
        return
    hints = get_type_hints(parameter.annotation, include_extras=True)
    for field in dataclasses.fields(parameter.annotation):
        default = inspect.Parameter.empty if field.default is dataclasses.MISSING else field.default
        found = option(field.name, hints[field.name], default)
        if "help" in field.metadata:
            yield dataclasses.replace(found, info=(declared(field),))
        elif any(isinstance(one, ParameterInfo) for one in found.info):
            yield found


def option(name: str, hint: Any, default: Any) -> Option:
    """Take an annotation apart."""
    type, *info = get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
    return Option(name, type, tuple(info), default)


def declared(field: dataclasses.Field[Any]) -> Any:
    """Make typer's option of what the metadata of a field say."""
    said = field.metadata
    complete = getattr(completing, said["complete"]) if "complete" in said else None
    return typer.Option(
        f"--{field.name.replace('_', '-')}",
        help=said["help"],
        metavar=said["metavar"],
        autocompletion=complete,
        rich_help_panel=said.get("section"),
    )


def value_of(parameter: inspect.Parameter, options: list[Option], given: dict[str, Any]) -> Any:
    """Make what a command takes for a parameter of what was given for its options."""
    values = {option.name: option.value(given[option.name]) for option in options}
    if dataclasses.is_dataclass(parameter.annotation) and isinstance(parameter.annotation, type):
        return parameter.annotation(**values)
    return values[parameter.name]


def names_in(texts: list[str]) -> tuple[str, ...]:
    """Split texts of names at their commas."""
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())
