"""Options and arguments as the annotations of commands declare them, and what click makes of them.

click shows nothing of an argument but its name; here its help, its default and that it is needed stand beside it as
they do beside an option.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import click

Complete = Callable[[click.Context, str], list[str]]
SEVERAL = tuple[str, ...]


@dataclass(frozen=True, init=False)
class Option:
    """An option: its flags, what it means, what stands for its value, what completes it, where a long help has it.

    `bare` is its value where it stands without one.
    """

    flags: tuple[str, ...]
    help: str
    metavar: str | None
    complete: Complete | None
    section: str | None
    envvar: str | None
    min: float | None
    bare: str | None

    def __init__(
        self,
        *flags: str,
        help: str = "",
        metavar: str | None = None,
        complete: Complete | None = None,
        section: str | None = None,
        envvar: str | None = None,
        min: float | None = None,
        bare: str | None = None,
    ) -> None:
        given = {"help": help, "metavar": metavar, "complete": complete, "section": section, "envvar": envvar}
        vars(self).update(flags=flags, min=min, bare=bare, **given)


@dataclass(frozen=True)
class Argument:
    """An argument: what it means, how it is called, what completes it."""

    help: str = ""
    metavar: str | None = None
    complete: Complete | None = None


class ShownOption(click.Option):
    """An option that knows in which section of a long help it stands."""

    section: str | None = None


class ShownArgument(click.Argument):
    """An argument with a help."""

    says = ""

    def make_metavar(self, ctx: click.Context) -> str:
        """Write its name in the usage, in brackets where it may be left out."""
        name = self.human_readable_name
        return name if self.required or name.startswith("[") else f"[{name}]"

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Write its name, and what it means."""
        default = "" if self.default is None or self.nargs != 1 else str(self.default)
        extra = "required" if self.required else f"default: {default}" if default else ""
        return self.human_readable_name, "  ".join(filter(None, (self.says, extra and f"[{extra}]")))


def parameter(declared: Option | Argument, name: str, kind: Any, default: Any, *, is_needed: bool) -> click.Parameter:
    """Make click's parameter of a declared one; a default of several values is left to the caller."""
    several = is_several(kind)
    given: dict[str, Any] = {"type": read_as(kind, declared), "metavar": declared.metavar, "required": is_needed}
    if declared.complete:
        given["shell_complete"] = completer(declared.complete)
    if not (is_needed or several):
        given["default"] = default
    if isinstance(declared, Argument):
        argument = ShownArgument([name], nargs=-1 if several else 1, **given)
        argument.says = declared.help
        return argument
    flags = [name, *(declared.flags or [f"--{name.replace('_', '-')}"])]
    if bool in (kind, *get_args(kind)):
        given |= {"is_flag": True}
    if declared.bare is not None:
        given |= {"is_flag": False, "flag_value": declared.bare}
    shown: dict[str, Any] = {
        "help": declared.help,
        "show_default": True,
        "show_envvar": True,
        "envvar": declared.envvar,
    }
    option = ShownOption(flags, multiple=several, **given, **shown)
    option.section = declared.section
    return option


def is_several(kind: Any) -> bool:
    """Tell whether a parameter of this type may be given several times."""
    return SEVERAL in (kind, *get_args(kind))


def read_as(kind: Any, declared: Option | Argument) -> Any:
    """Say as what click reads a text: a number, a path, or as it is."""
    found = next((one for one in (int, float, bool, Path) if one in (kind, *get_args(kind))), str)
    if isinstance(declared, Option) and declared.min is not None:
        return click.IntRange(int(declared.min)) if found is int else click.FloatRange(declared.min)
    return found


def completer(complete: Complete) -> Any:
    """Make of a completion what click asks."""
    return lambda ctx, param, incomplete: complete(ctx, incomplete)
