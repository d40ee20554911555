"""A check in every format: which are asked for, and each into its file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from llmcost.check import Checked
from llmcost.check.formats.junit import junit
from llmcost.check.formats.markdown import markdown
from llmcost.check.formats.tables import cases_table, document
from llmcost.check.formats.terminal import terminal
from llmcost.cli.check.github import annotate, summarize
from llmcost.cli.check.options import FORMATS, JUNIT, CheckReading
from llmcost.cli.notes import note
from llmcost.cli.output import envelope, screen, write, write_text
from llmcost.errors import UsageError
from llmcost.pricing import Book
from llmcost.pricing.nearest import among

OWN = ("table", "md", JUNIT)


@dataclass(frozen=True)
class Target:
    """One format and the file that it goes to; None is stdout."""

    format: str
    file: Path | None


def targets_of(reading: CheckReading) -> list[Target]:
    """Read which formats are asked for. Raises UsageError for one that there is not."""
    targets = [Target(reading.output_format, reading.output), *(target_of(text) for text in reading.write)]
    if all(target.format in OWN for target in targets):
        reading.refuse_choice("a check", "-f csv writes its cases as a table")
    return targets


def target_of(text: str) -> Target:
    """Read `md=comment.md`."""
    format, equals, file = text.partition("=")
    if not equals or not file:
        raise UsageError(f"--write {text}: not of the form FORMAT=FILE", hint="for example --write md=comment.md")
    if format not in FORMATS:
        raise UsageError(f"--write {text}: no such format", hint=among(format, FORMATS))
    return Target(format, Path(file))


def write_all(found: Checked, reading: CheckReading, book: Book, targets: list[Target], key: str | None) -> None:
    """Write a check into all targets, and where a GitHub action runs, into what it reads."""
    shared = envelope("check", book, reading.filters, found.compared.head.coverage) | document(found)
    for target in targets:
        if target.format in OWN:
            write_text(own(found, target, key), target.file)
        else:
            write(cases_table(found, shared), replace(reading, format=target.format, output=target.file))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        summarize(found, markdown(found, key))
        for line in annotate(found):
            note(line)


def own(found: Checked, target: Target, key: str | None) -> Iterator[str]:
    """Write a format that is not a table of rows."""
    if target.format == "md":
        return iter([markdown(found, key)])
    if target.format == JUNIT:
        return iter([junit(found)])
    on = screen(target.file)
    return terminal(found, on.width, on.color)
