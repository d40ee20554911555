"""Change a price book's text in the places that change, and leave every other line as somebody wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from llmcost.errors import PriceBookError
from llmcost.pricing.book import Model
from llmcost.pricing.files import FORMAT, read_book
from llmcost.pricing.loader import Node, read_yaml, section
from llmcost.pricing.update import Change
from llmcost.pricing.write import model_lines, periods_texts


def edited(path: Path, changes: Sequence[Change]) -> str:
    """Give the text of a book after the changes; a file that does not exist yet starts empty.

    Raises PriceBookError if what would be written does not hold every period that was there.
    """
    if not path.exists():
        lines = [f"format: {FORMAT}", "models:"]
        return "\n".join([*lines, *(line for change in changes for line in model_lines(change.model))]) + "\n"
    lines = path.read_text(encoding="utf-8").splitlines()
    top = read_yaml(path).pairs("the book")
    if "models" in top and getattr(top["models"].yaml, "flow_style", False):
        raise top["models"].refuse("`models` stand in brackets", "write them as a list of lines, then update again")
    entries = {key_of(node): node for node in section(top, "models")}
    added = [change.model for change in changes if place_of(change.model) not in entries]
    changed = [change for change in changes if place_of(change.model) in entries]
    # from the end, so that the lines above keep their numbers
    end = end_of_models(top, lines)
    lines[end:end] = [line for model in sorted(added, key=place_of) for line in model_lines(model)]
    for change in sorted(changed, key=lambda c: -entries[place_of(c.model)].yaml.start_mark.line):
        put_periods(lines, entries[place_of(change.model)], change)
    return "\n".join(lines) + "\n"


def verify(path: Path, before: Path, changes: Sequence[Change]) -> None:
    """Read what was written; raises PriceBookError unless it is the old book with exactly these changes."""
    wanted = {(m.provider, m.model): m for m in (read_book(before).models if before.exists() else ())}
    wanted |= {(change.model.provider, change.model.model): change.model for change in changes}
    found = {(m.provider, m.model): m for m in read_book(path).models}
    if {key: essence(model) for key, model in wanted.items()} != {key: essence(m) for key, m in found.items()}:
        raise PriceBookError(f"{before}: cannot be changed safely", hint="report this file's shape, please")


def essence(model: Model) -> list[tuple[object, ...]]:
    """What a model says, wherever it stands."""
    return [
        (p.start, p.end, p.rates, p.tiers, p.windows, sorted(p.variants, key=lambda v: v.when), p.source, p.checked)
        for p in model.periods
    ]


def key_of(node: Node) -> tuple[str, str]:
    """Name the model of an entry."""
    found = node.mapping({"provider", "model", "match", "prices"}, "a model")
    return found["provider"].text("provider"), found["model"].text("model")


def place_of(model: Model) -> tuple[str, str]:
    """Sort models by provider and name."""
    return model.provider, model.model


def put_periods(lines: list[str], node: Node, change: Change) -> None:
    """Write a model's prices: what is new after the last where they stand in lines, else the whole entry."""
    if node.yaml.flow_style:  # type: ignore[attr-defined]
        lines[node.yaml.start_mark.line : node.yaml.end_mark.line + 1] = model_lines(change.model)
        return
    prices = node.mapping({"provider", "model", "match", "prices"}, "a model")["prices"]
    start, end = prices.yaml.start_mark.line, last_line(prices.yaml) + 1
    entries = list(prices.items("prices"))
    if prices.yaml.flow_style:  # type: ignore[attr-defined]
        key = lines[start][: prices.yaml.start_mark.column].rstrip()
        lines[start:end] = [key, *flat(periods_texts(change.model.periods))]
        return
    texts = list(periods_texts(change.model.periods, entries[0].yaml.start_mark.column - 2))
    if change.kind == "correction":
        lines[start:end] = flat(texts)
    else:
        lines[end:end] = flat(texts[len(entries) :])


def flat(texts: Iterable[list[str]]) -> list[str]:
    """Put the lines of several entries together."""
    return [line for text in texts for line in text]


def last_line(node: yaml.Node) -> int:
    """Find the last line of a node's own text: block nodes end where the next token begins."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        return max(max(int(key.end_mark.line), last_line(value)) for key, value in node.value)
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return max(last_line(item) for item in node.value)
    return int(node.end_mark.line)


def end_of_models(top: dict[str, Node], lines: list[str]) -> int:
    """Find where the next model goes: after the last one, or after a heading of its own at the end."""
    nodes = section(top, "models")
    if nodes:
        return last_line(nodes[-1].yaml) + 1
    lines.append("models:")
    return len(lines)
