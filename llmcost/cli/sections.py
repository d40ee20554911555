"""How help is laid out: commands by task, and a long list of options by what they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from llmcost.cli.expand import expanded
from llmcost.cli.options import COMMENT, LIMITS, NAMES, OUTPUT, PRICES, REQUESTS
from llmcost.cli.overwriting import OUTPUTS, check_outputs

TASKS = {
    "Read logs": ("ingest", "doctor", "demo"),
    "Report": ("report", "show", "sql", "whatif"),
    "Find waste": ("detect", "savings", "sample", "verify"),
    "CI checks": ("check", "baseline"),
    "Prices": ("pricing", "reconcile"),
    "Export": ("export",),
}
# so many options are too many to look through
MANY = 8
OPTIONS = "Options"
# the order of the sections of a long list; each option says in which it stands
SECTIONS = ("Arguments", OPTIONS, LIMITS, NAMES, REQUESTS, PRICES, OUTPUT, COMMENT)


class Tasks(TyperGroup):
    """A group whose help sorts its commands by TASKS."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the commands in the order of the tasks, and after them what belongs to none."""
        sorted_in = [name for names in TASKS.values() for name in names if name in self.commands]
        return [*sorted_in, *(name for name in self.commands if name not in sorted_in)]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a section for each task."""
        names = self.list_commands(ctx)
        widest = max(map(len, names))
        known = {name for task in TASKS.values() for name in task}
        for task, wanted in (*TASKS.items(), ("More", tuple(name for name in names if name not in known))):
            rows = [(name.ljust(widest), short_help(self.commands[name])) for name in wanted if name in names]
            if rows:
                with formatter.section(task):
                    formatter.write_dl(rows)


class OneCommand(TyperCommand):
    """A command that writes over nothing that it reads; its help sorts many options by what they are about."""

    def invoke(self, ctx: Any) -> Any:
        """Run it, unless an output is one of its inputs."""
        if any(ctx.params.get(name) for name in OUTPUTS):
            check_outputs(self, ctx.info_name, ctx.params)
        return super().invoke(ctx)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, the command's own options, and those that many commands share."""
        found: dict[str, list[tuple[str, str]]] = {}
        params = self.get_params(ctx)
        is_long = sum(param.param_type_name == "option" for param in params) >= MANY
        for param in params:
            record = param.get_help_record(ctx)
            if record is None:
                continue
            if param.param_type_name == "argument":
                # the kind of value that typer writes after it says nothing to a user
                found.setdefault("Arguments", []).append((param.metavar or record[0], record[1]))
            else:
                section = getattr(param, "rich_help_panel", None) if is_long else None
                found.setdefault(section or OPTIONS, []).append(record)
        write_sections(formatter, found)


class Commands(typer.Typer):
    """Commands with that help, whose options may be the fields of what they take."""

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """Register a command."""
        register = super().command(name, **{"cls": OneCommand, **options})
        return lambda function: register(expanded(function))


def write_sections(formatter: Any, found: dict[str, list[tuple[str, str]]]) -> None:
    """Write lists under their headings, their second columns under one another."""
    widest = max((len(name) for rows in found.values() for name, _ in rows), default=0)
    for heading in (name for name in SECTIONS if name in found):
        with formatter.section(heading):
            # a column that is too wide for the list's own measure stands alone on its line
            formatter.write_dl([(name.ljust(min(widest, 28)), text) for name, text in found[heading]])


def short_help(command: Any) -> str:
    """Give a command's line in the list."""
    return str(command.get_short_help_str(limit=65))
