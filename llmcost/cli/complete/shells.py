"""How bash, zsh and fish ask what completes a line, and how they are answered.

The names in their scripts stay: scripts that were installed once ask by them.
"""

from __future__ import annotations

import os
from typing import Any

import click
from click.shell_completion import CompletionItem, ShellComplete, split_arg_string

from llmcost.cli.complete.shell_words import Line, rejoin

PROGRAM, VARIABLE = "llmcost", "_LLMCOST_COMPLETE"
ARGS, FISH_ACTION = "_TYPER_COMPLETE_ARGS", "_TYPER_COMPLETE_FISH_ACTION"
BASH = r"""
%(complete_func)s() {
    local IFS=$'\n'
    COMPREPLY=( $( env COMP_WORDS="${COMP_WORDS[*]}" \
                   COMP_CWORD=$COMP_CWORD \
                   %(complete_var)s=complete_bash $1 ) )
    return 0
}

complete -o default -F %(complete_func)s %(prog_name)s
"""
ZSH = f"""
#compdef %(prog_name)s

%(complete_func)s() {{
  eval $(env {ARGS}="${{words[1,$CURRENT]}}" %(complete_var)s=complete_zsh %(prog_name)s)
}}

compdef %(complete_func)s %(prog_name)s
"""
FISH_ASKS = f"env %(complete_var)s=complete_fish {FISH_ACTION}={{}} {ARGS}=(commandline -cp) %(prog_name)s"
FISH = (
    f'complete --command %(prog_name)s --no-files --arguments "({FISH_ASKS.format("get-args")})"'
    f' --condition "{FISH_ASKS.format("is-args")}"'
)
ESCAPED = str.maketrans({'"': '""', "'": "''", "$": "\\$", "`": "\\`", ":": "\\\\:"})


class Bash(ShellComplete):
    """Bash, which asks with its own pieces of the line."""

    name, source_template = "bash", BASH

    def line(self) -> Line:
        """Read the line."""
        asked = os.environ.get("COMP_WORDS", "")
        pieces = asked.split("\n" if "\n" in asked else " ")
        return rejoin(pieces, min(int(os.environ.get("COMP_CWORD", "0")), len(pieces)))

    def get_completion_args(self) -> tuple[list[str], str]:
        """Give the words of the line without their quotes, and the last one, as far as it is typed."""
        line = self.line()
        words = split_arg_string("\n".join([*line.words, line.present]))
        at = len(line.words)
        return words[1:at], words[at] if at < len(words) else ""

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Write one."""
        return self.line().answer(item.value)


class Zsh(ShellComplete):
    """Zsh, which runs what it is answered."""

    name, source_template = "zsh", ZSH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Give the words of the line, and the last one, as far as it is typed."""
        asked = os.environ.get(ARGS, "")
        words = split_arg_string(asked)[1:]
        return (words, "") if asked.endswith(" ") or not words else (words[:-1], words[-1])

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Write one, with its help if it has one."""
        texts = filter(None, (item.value, item.help))
        return ":".join(f'"{text.translate(ESCAPED)}"' for text in texts)

    def complete(self) -> str:
        """Write all of them as a call; files where there are none."""
        found = super().complete()
        return f"_arguments '*: :(({found}))'" if found else "_files"


class Fish(Zsh):
    """Fish, which asks first whether there are any: without, files will do."""

    name, source_template = "fish", FISH

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Write one, with its help if it has one."""
        return "\t".join(filter(None, (item.value, item.help)))

    def complete(self) -> str:
        """Write all of them; raises click's Exit with 1 where there are none."""
        found = ShellComplete.complete(self)
        if not found and os.environ.get(FISH_ACTION) == "is-args":
            raise click.exceptions.Exit(1)
        return found if os.environ.get(FISH_ACTION) == "get-args" else ""


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


def answer(command: click.Command, asked: str) -> int:
    """Answer `complete_SHELL` or `source_SHELL`: nothing else on stdout, nothing on stderr; gives the exit code."""
    what, _, name = asked.partition("_")
    if name not in SHELLS or what not in ("complete", "source"):
        return 1
    try:
        print(script(name) if what == "source" else shell(name, command).complete())
    except Exception:
        return 1
    return 0


def shell(name: str, command: Any = None) -> ShellComplete:
    """Take a shell that completes the words of a command."""
    return SHELLS[name](command, {}, PROGRAM, VARIABLE)


def script(name: str) -> str:
    """Write what a shell reads, so that it asks."""
    return shell(name).source().strip()
