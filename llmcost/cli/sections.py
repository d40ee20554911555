"""How commands are kept and how their help is laid out: a long list of options by what they are about.

A command is made of its function only when it is asked for: what another one takes is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import click

from llmcost.cli.declare import ShownOption
from llmcost.cli.expand import expanded
from llmcost.cli.options import COMMENT, LIMITS, NAMES, OUTPUT, PRICES, REQUESTS
from llmcost.cli.overwriting import OUTPUTS, check_outputs

# so many options are too many to look through
MANY = 8
OPTIONS = "Options"
# the order of the sections of a long list; each option says in which it stands
SECTIONS = ("Arguments", OPTIONS, LIMITS, NAMES, REQUESTS, PRICES, OUTPUT, COMMENT)
Rows = list[tuple[str, str]]


class Command(click.Command):
    """A command that writes over nothing that it reads; its help sorts many options by what they are about."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, unless an output is one of its inputs."""
        if any(ctx.params.get(name) for name in OUTPUTS):
            check_outputs(self, ctx.info_name, ctx.params)
        return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the arguments, the command's own options, and those that many commands share."""
        found: dict[str, Rows] = {}
        params = self.get_params(ctx)
        is_long = sum(isinstance(param, click.Option) for param in params) >= MANY
        for param in params:
            record = param.get_help_record(ctx)
            if record is None:
                continue
            section = "Arguments" if isinstance(param, click.Argument) else OPTIONS
            if is_long and isinstance(param, ShownOption):
                section = param.section or section
            found.setdefault(section, []).append(record)
        write_sections(formatter, found)


class Made(Mapping[str, click.Command]):
    """Commands by name, each made when it is first asked for."""

    def __init__(self) -> None:
        self.makers: dict[str, Callable[[], click.Command]] = {}
        self.made: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self.made:
            self.made[name] = self.makers[name]()
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.makers)

    def __len__(self) -> int:
        return len(self.makers)

    def __contains__(self, name: object) -> bool:
        return name in self.makers


class Commands(click.Group):
    """Commands, and a line about each in the help of them all; alone it says what there is."""

    def __init__(self, name: str | None = None, help: str | None = None, **settings: Any) -> None:
        super().__init__(name, help=help, no_args_is_help=True, **settings)
        self.offered = Made()
        # click only reads it
        self.commands = self.offered  # type: ignore[assignment]
        self.lines: dict[str, str] = {}

    def command(self, name: str | None = None, *, short_help: str = "") -> Callable[[Any], Any]:  # type: ignore[override]
        """Offer a function as a command; what it takes are its options."""

        def take(function: Any) -> Any:
            called = name or function.__name__.replace("_", "-")
            self.offer(called, short_help, lambda: made(called, function))
            return function

        return take

    def offer(self, name: str, line: str, maker: Callable[[], click.Command]) -> None:
        """Offer a command that is made when it is asked for."""
        self.offered.makers[name] = maker
        self.lines[name] = line

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands as they were offered."""
        return list(self.offered)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line about each command."""
        self.write_lines(formatter, "Commands", self.offered)

    def write_lines(self, formatter: click.HelpFormatter, heading: str, names: Iterable[str]) -> None:
        """Write lines of commands under a heading, as wide as all of them need."""
        widest = max(map(len, self.offered))
        with formatter.section(heading):
            formatter.write_dl([(name.ljust(widest), self.lines[name]) for name in names])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Complete the names of the commands, none of which is made for it."""
        from click.shell_completion import CompletionItem

        found = [name for name in self.offered if name.startswith(incomplete)]
        commands = [CompletionItem(name, help=self.lines[name]) for name in found]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]


def made(name: str, function: Callable[..., Any]) -> Command:
    """Make a command of a function."""
    params, run = expanded(function)
    return Command(name, params=params, callback=run, help=function.__doc__)


def write_sections(formatter: click.HelpFormatter, found: dict[str, Rows]) -> None:
    """Write lists under their headings, their second columns under one another."""
    widest = max((len(name) for rows in found.values() for name, _ in rows), default=0)
    for heading in (name for name in SECTIONS if name in found):
        with formatter.section(heading):
            # a column that is too wide for the list's own measure stands alone on its line
            formatter.write_dl([(name.ljust(min(widest, 28)), text) for name, text in found[heading]])
