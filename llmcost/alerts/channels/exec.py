"""A program of your own, which reads the message as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llmcost.alerts.channels.answer import Answer
from llmcost.alerts.channels.message import Message
from llmcost.pricing.loader import Node


@dataclass(frozen=True)
class Exec:
    """The words of the command, which no shell reads, and the folder of llmcost.yaml, where it runs."""

    argv: tuple[str, ...]
    folder: Path
    keeps_open = False
    takes_many = False

    def send(self, messages: list[Message], now: float) -> Answer:
        """Run it once."""
        from llmcost.alerts.channels.sending import run

        (message,) = messages
        return run(self.argv, self.folder, message)


def read(node: Node) -> Exec:
    """Read the settings: a list of words."""
    argv = node.texts("exec")
    if not argv:
        raise node.refuse("`exec` is empty", "exec: [./page-me, --team, search]")
    return Exec(argv, Path(node.file).absolute().parent)
