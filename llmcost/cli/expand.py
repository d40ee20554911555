"""Options that are fields: where a command takes a dataclass, each field that says so is an option of the command.

    def savings(*, reading: Reading, fail_on: FailOn = ()) -> int: ...

A field is an option where its annotation holds an `Option` or an `Argument`, or where its metadata has `help`, as in a
dataclass of the library, which knows no command line. What may be given several times is a tuple.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, get_args, get_type_hints

import click

from llmcost.cli.complete import names as completing
from llmcost.cli.declare import Argument, Option, is_several, parameter

# beside an option: each of its texts holds one name, or several with commas
COMMAS = "names with commas"
NEEDED = inspect.Parameter.empty


@dataclasses.dataclass(frozen=True)
class Taken:
    """One parameter of the command line: its type, what its annotation holds, and its value where none is given."""

    name: str
    type: Any
    info: tuple[Any, ...]
    default: Any

    @property
    def declared(self) -> Option | Argument | None:
        """What it is declared as."""
        return next((one for one in self.info if isinstance(one, Option | Argument)), None)

    def parameter(self) -> click.Parameter:
        """Write it as click reads it."""
        declared = self.declared or (Argument() if self.default is NEEDED else Option())
        return parameter(declared, self.name, self.type, self.default, is_needed=self.default is NEEDED)

    def value(self, given: Any) -> Any:
        """Read what click gives."""
        if not is_several(self.type):
            return given
        if not given:
            return self.default
        return names_in(given) if COMMAS in self.info else tuple(given)


def expanded(command: Callable[..., Any]) -> tuple[list[click.Parameter], Callable[..., Any]]:
    """Give the parameters of a command, one for each field of the dataclasses that it takes, and how they run it."""
    signature = inspect.signature(command, eval_str=True)
    taken = {parameter.name: list(options_of(parameter)) for parameter in signature.parameters.values()}

    def run(**given: Any) -> Any:
        return command(**{name: value_of(signature.parameters[name], found, given) for name, found in taken.items()})

    return [one.parameter() for found in taken.values() for one in found], run


def options_of(parameter: inspect.Parameter) -> Iterator[Taken]:
    """List the options that a parameter of a command stands for: itself, or the fields of its dataclass."""
    if not dataclasses.is_dataclass(parameter.annotation):
        yield option(parameter.name, parameter.annotation, parameter.default)
        return
    hints = get_type_hints(parameter.annotation, include_extras=True)
    for field in dataclasses.fields(parameter.annotation):
        default = NEEDED if field.default is dataclasses.MISSING else field.default
        found = option(field.name, hints[field.name], default)
        if "help" in field.metadata:
            yield dataclasses.replace(found, info=(declared(field),))
        elif found.declared:
            yield found


def option(name: str, hint: Any, default: Any) -> Taken:
    """Take an annotation apart."""
    type, *info = get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
    return Taken(name, type, tuple(info), default)


def declared(field: dataclasses.Field[Any]) -> Option:
    """Make an option of what the metadata of a field say."""
    said = field.metadata
    complete = getattr(completing, said["complete"]) if "complete" in said else None
    return Option(help=said["help"], metavar=said["metavar"], complete=complete, section=said.get("section"))


def value_of(parameter: inspect.Parameter, options: list[Taken], given: dict[str, Any]) -> Any:
    """Make what a command takes for a parameter of what was given for its options."""
    values = {option.name: option.value(given[option.name]) for option in options}
    if dataclasses.is_dataclass(parameter.annotation) and isinstance(parameter.annotation, type):
        return parameter.annotation(**values)
    return values[parameter.name]


def names_in(texts: Sequence[str]) -> tuple[str, ...]:
    """Split texts of names at their commas."""
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())
