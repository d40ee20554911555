"""What the shell completes: names of the program, and names that the store and the price book hold.

Nothing here may fail, print or take long: without an answer there are no completions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

PACKAGE = Path(__file__).parents[2]
UNITS = ("hour", "block", "day", "week", "month")
AGES = ("24h", "7d", "30d", "today", "yesterday", "this-month", "last-month")
Complete = Callable[[click.Context, str], list[str]]


def quiet(find: Callable[[click.Context, str], Iterable[str]]) -> Complete:
    """Make a completion that never fails, of what can be typed and printed."""

    def found(ctx: click.Context, incomplete: str) -> list[str]:
        try:
            return [text for text in find(ctx, incomplete) if text.isprintable() and text.startswith(incomplete)]
        except Exception:
            return []

    return found


def words(*texts: str) -> Complete:
    """Complete words that are known beforehand."""
    return quiet(lambda ctx, incomplete: texts)


def files_named(folder: str, *more: str) -> Complete:
    """Complete the names of a shelf's files."""

    def names(ctx: click.Context, incomplete: str) -> Iterator[str]:
        yield from sorted(path.stem for path in (PACKAGE / folder).glob("*.sql"))
        yield from more

    return quiet(names)


@quiet
def detector_names(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """Complete detectors, a team's own among them, and all."""
    yield "all"
    yield from sorted(path.stem for path in (PACKAGE / "detect" / "detectors").glob("*.sql"))
    from llmcost.configuration import open_configuration

    folder = open_configuration().folder
    yield from sorted(path.stem for path in folder.glob("*.sql")) if folder else ()


@quiet
def parameters(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """Complete the parameters of the detector that is named, or of all."""
    from llmcost.detect import detectors

    # what stands before an option without its value yet is not parsed
    wanted = {ctx.params.get("detector"), *ctx.args} & detectors().keys() or detectors().keys()
    for detector in detectors().values():
        if detector.name in wanted:
            yield from (f"{name}={value}" for name, value in detector.params.items())


@quiet
def formats(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """Complete output formats."""
    from llmcost.render import FORMATS

    return FORMATS


@quiet
def zones(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """Complete time zones."""
    from zoneinfo import available_timezones

    return sorted(available_timezones())


@quiet
def columns(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """Complete columns to group by, after a comma as well."""
    from llmcost.columns import COLUMNS

    before, comma, _ = incomplete.rpartition(",")
    for name in COLUMNS:
        if name not in before.split(","):
            yield f"{before}{comma}{name}"


@quiet
def conditions(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """Complete a column, and then its values; a lone column goes on with its values, no space comes between."""
    from llmcost.cli.complete.values import values
    from llmcost.columns import COLUMNS

    column, equals, value = incomplete.partition("=")
    if equals:
        # after a comma the next of the list
        before, comma, begun = value.rpartition(",")
        return [f"{column}={before}{comma}{found}" for found in values(ctx, column.removesuffix("!"), begun)]
    matching = [name for name in COLUMNS if name.startswith(column)]
    if len(matching) > 1 and column not in COLUMNS:
        return [f"{name}=" for name in matching]
    name = column if column in COLUMNS else matching[0]
    return [f"{name}={found}" for found in values(ctx, name, "")] or [f"{name}=", f"{name}!="]


@quiet
def model_pairs(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """Complete a model of the store, and after = one of the book."""
    from llmcost.cli.complete.values import book_models, store_models

    model, equals, other = incomplete.partition("=")
    if not equals:
        found = [name for name in store_models(ctx) if name.startswith(model)]
        if len(found) != 1:
            return [f"{name}=" for name in found]
        model = found[0]
    others = book_models(ctx, other) if other else store_models(ctx)
    return [f"{model}={name}" for name in others if name != model]


@quiet
def models(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """Complete models: with nothing typed those of the store, else those of the book."""
    from llmcost.cli.complete.values import book_models, store_models

    return book_models(ctx, incomplete) if incomplete else store_models(ctx) or book_models(ctx, "")


@quiet
def providers(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """Complete the book's providers."""
    from llmcost.cli.complete.values import book_names

    return sorted({model.provider for model in book_names(ctx).models})


@quiet
def request_ids(ctx: click.Context, incomplete: str) -> Iterable[str]:
    """Complete ids of requests and responses."""
    from llmcost.cli.complete.values import ids

    return ids(ctx, incomplete)
