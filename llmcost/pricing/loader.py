"""Read YAML the strict way: exact decimals, no surprises, and a line number for every complaint.

Plain YAML turns `3e-06` into text, `16:30` into 990, `010` into 8, `no` into false, and lets the second of two equal
keys win in silence. In a price book each of these is a wrong invoice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmcost.errors import PriceBookError

if TYPE_CHECKING:
    import yaml

NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MAX_DECIMALS = 9
# what the columns of store/setup/1_prices.sql and sums of requests still hold: USD per 1,000,000 tokens, and of a fee
# per call
MAX_RATE, MAX_FEE = Decimal(100_000_000), Decimal(100_000)
# of a request, see possible() in store/setup/2_leaves.sql
MAX_TOKENS = 1_000_000_000


@dataclass(frozen=True)
class Node:
    """A YAML node and the file that it stands in; its methods read it as one kind of value or refuse it."""

    yaml: yaml.Node
    file: str

    @property
    def place(self) -> str:
        """Say where this node stands: FILE:LINE."""
        return f"{self.file}:{self.yaml.start_mark.line + 1}"

    @property
    def kind(self) -> str:
        """Tell a mapping, a sequence and a scalar apart."""
        return str(self.yaml.id)  # type: ignore[attr-defined]

    def refuse(self, message: str, hint: str = "") -> PriceBookError:
        """Make the error that names this node's place."""
        return PriceBookError(f"{self.place}: {message}", hint=hint)

    def mapping(self, known: set[str], what: str) -> dict[str, Node]:
        """Read a mapping whose keys are all known and each there once."""
        if self.kind != "mapping":
            raise self.refuse(f"{what} must be `key: value`")
        found: dict[str, Node] = {}
        for key, value in self.yaml.value:
            name = key.value if key.id == "scalar" else "?"
            at = Node(key, self.file)
            if name in found:
                raise at.refuse(f"duplicate key `{name}` in {what}", "of two equal keys one would be lost")
            if name not in known:
                raise at.refuse(f"unknown key `{name}` in {what}", f"known: {', '.join(sorted(known))}")
            found[name] = Node(value, self.file)
        return found

    def pairs(self, what: str) -> dict[str, Node]:
        """Read a mapping with free keys, each there once."""
        keys = {k.value for k, _ in self.yaml.value} if self.kind == "mapping" else set()
        return self.mapping(keys, what)

    def items(self, what: str) -> Iterator[Node]:
        """Read a list."""
        if self.kind != "sequence":
            raise self.refuse(f"{what} must be a list")
        return (Node(item, self.file) for item in self.yaml.value)

    def text(self, what: str) -> str:
        """Read text; a name such as `no` or `010` stays as it is written."""
        if self.kind != "scalar" or not self.yaml.value:
            raise self.refuse(f"{what} must be text")
        return str(self.yaml.value)

    def texts(self, what: str) -> tuple[str, ...]:
        """Read a list of text."""
        return tuple(item.text(what) for item in self.items(what))

    def number(self, what: str) -> Decimal:
        """Read an exact number that is not negative and has at most 9 decimals."""
        text = self.text(what)
        # only a plain scalar has no style: "3" in quotes is text
        is_quoted = bool(getattr(self.yaml, "style", None))
        if is_quoted or not NUMBER.fullmatch(text):
            raise self.refuse(f"`{what}: {text}` is not a plain number", "write 0.075, not 7.5e-2, .075 or -1")
        if len(text.partition(".")[2]) > MAX_DECIMALS:
            raise self.refuse(f"`{what}: {text}` has more than {MAX_DECIMALS} decimals")
        return Decimal(text)

    def whole(self, what: str) -> int:
        """Read a whole number."""
        number = self.number(what)
        if number != number.to_integral_value():
            raise self.refuse(f"`{what}: {number}` is not a whole number")
        return int(number)

    def truth(self, what: str) -> bool:
        """Read true or false."""
        text = self.text(what)
        if text not in ("true", "false"):
            raise self.refuse(f"`{what}: {text}` is neither true nor false")
        return text == "true"

    def day(self, what: str) -> date:
        """Read a day as YYYY-MM-DD."""
        text = self.text(what)
        try:
            if DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise self.refuse(f"`{what}: {text}` is not a day", "write it as 2026-03-01")


def read_yaml(path: Path, name: str | None = None) -> Node:
    """Parse a file into nodes, whose places have its `name` or its path. Raises PriceBookError with file and line."""
    # the shipped book is read compiled: a command that reads no file of a user's needs no YAML
    import yaml

    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise PriceBookError(f"{path}:1: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PriceBookError(f"{path}:1: no UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PriceBookError(f"{path}:{line}: not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise PriceBookError(f"{path}:1: not YAML: {type(error).__name__}") from error
    if root is None:
        raise PriceBookError(f"{path}:1: the file is empty")
    return Node(root, name or str(path))


def only(nodes: dict[str, Node], key: str, read: Any) -> Any:
    """Read a key if it is there."""
    return read(nodes[key]) if key in nodes else None


def section(top: dict[str, Node], key: str) -> list[Node]:
    """List the entries of a section; one that is not there has none."""
    return list(top[key].items(key)) if key in top else []


def required(node: Node, found: dict[str, Node], key: str, what: str) -> Node:
    """Take a key that must be there."""
    if key not in found:
        raise node.refuse(f"{what} has no `{key}`")
    return found[key]


def span(found: dict[str, Node]) -> tuple[date | None, date | None]:
    """Read `from` and `to`, the day after the last; without them it is open."""
    start, end = only(found, "from", lambda n: n.day("from")), only(found, "to", lambda n: n.day("to"))
    if start and end and end <= start:
        raise found["to"].refuse(f"`to: {end}` is not after `from: {start}`")
    return start, end
