"""A home-made log: a YAML file says which of its fields is which key of llmcost's own format."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from llmcost.errors import PriceBookError, UsageError
from llmcost.ingest.format import Columns, Format, duckdb_type, formats
from llmcost.pricing.loader import Node, read_yaml

OWN = "llmcost"
# one of each of these must be there
NEEDED = (("started_at",), ("request_model", "response_model"), ("input_tokens", "output_tokens"))
PART = re.compile(r""""([^"'\\]+)"|([^"'\\.]+)""")
# what a constant may be where its key is not free text
CONSTANTS = {
    "tokens": re.compile(r"\d{1,18}"),
    "number": re.compile(r"\d+(\.\d+)?"),
    "flag": re.compile(r"true|false"),
    "texts": re.compile(r"(?!)"),
    "status": re.compile(r"ok|error|cancelled"),
    "usage_source": re.compile(r"provider|gateway_estimate|missing"),
    "input_basis": re.compile(r"inclusive|exclusive|writes_outside|unknown"),
}
Part = str | int


def load_map(path: Path) -> Format:
    """Read a map `our key: their field` as a format: llmcost's own query over a projection of their records.

    Raises UsageError, its message beginning with FILE:LINE, for anything that is not such a map.
    """
    own = formats()[OWN]
    try:
        nodes = read_yaml(path).pairs("the map")
        fields = {key: (node, node.text(key)) for key, node in nodes.items()}
    except PriceBookError as error:
        raise UsageError(error.message, hint=error.hint) from error
    check_keys(path, fields, own.columns)
    constants = {
        key: constant(node, text[1:], key, own.columns[key]) for key, (node, text) in fields.items() if text[:1] == "="
    }
    paths = {key: path_of(node, text) for key, (node, text) in fields.items() if key not in constants}
    columns: Columns = {}
    for key, parts in paths.items():
        columns = with_path(columns, parts, own.columns[key], fields[key][0])
    sources = {key: reference(parts) for key, parts in paths.items()} | constants
    needed = [paths[key] for names in NEEDED for key in names if key in paths]
    return replace(
        own,
        name=f"map:{path.name}",
        title=f"the map {path.name}",
        recognise=[dict(mark for parts in needed for mark in marks_of(parts).items())],
        required=[str(paths["started_at"][0])] if "started_at" in paths else [],
        columns=columns,
        projection=", ".join(f'{sources.get(key, typed_null(kind))} as "{key}"' for key, kind in own.columns.items()),
    )


def check_keys(path: Path, fields: dict[str, tuple[Node, str]], known: Columns) -> None:
    """Refuse keys that llmcost does not have, and a map without what every request needs."""
    for key, (node, _) in fields.items():
        if key not in known:
            near = get_close_matches(key, known, n=3, cutoff=0.5)
            hint = f"near it: {', '.join(near)}" if near else "docs/formats.md lists the keys"
            raise UsageError(f"{node.place}: llmcost has no key `{key}`", hint=hint)
    for names in NEEDED:
        if not fields.keys() & set(names):
            raise UsageError(
                f"{path}:1: nothing is mapped to `{'` or `'.join(names)}`",
                hint=f"a line such as `{names[0]}: their_field`; a path has dots, a constant begins with =",
            )


def constant(node: Node, text: str, key: str, kind: str) -> str:
    """Write a constant as SQL; refuse one that its key cannot have."""
    allowed = CONSTANTS.get(key) or CONSTANTS.get(kind)
    if not text or (allowed and not allowed.fullmatch(text)):
        raise UsageError(f"{node.place}: `{key}` cannot be the constant `{text}`")
    quoted = text.replace("'", "''")
    return f"cast('{quoted}' as {duckdb_type(kind, 'VARCHAR')})"


def path_of(node: Node, text: str) -> list[Part]:
    """Cut a path at its dots: `usage.in`, `choices.0.reason`; what stands in quotes is one key, dots and all."""
    if getattr(node.yaml, "style", None) in ("'", '"') and '"' not in text:
        text = f'"{text}"'
    parts: list[Part] = []
    at = 0
    while found := PART.match(text, at):
        quoted, bare = found.groups()
        parts.append(int(bare) if parts and bare and bare.isdecimal() else quoted or bare)
        at = found.end() + 1
        if at > len(text):
            return parts
        if text[at - 1] != ".":
            break
    raise UsageError(f"{node.place}: `{text}` is not a path", hint='write usage.in, choices.0.reason or "a.key".in')


def with_path(before: Columns, parts: list[Part], kind: str, node: Node) -> Columns:
    """Add a path to what is read of their records; refuse one that is read in two ways."""
    if not parts:
        if before not in (None, kind):
            raise clash(node)
        return kind
    first, rest = parts[0], parts[1:]
    if isinstance(first, int):
        if not isinstance(before, list | None):
            raise clash(node)
        return [with_path(before[0] if before else None, rest, kind, node)]
    if not isinstance(before, dict | None):
        raise clash(node)
    inner = dict(before or {})
    if any(key != first and key.lower() == first.lower() for key in inner):  # one name to DuckDB
        raise clash(node)
    return inner | {first: with_path(inner.get(first), rest, kind, node)}


def clash(node: Node) -> UsageError:
    """Make the error for a field that another line reads as something else."""
    return UsageError(
        f"{node.place}: another line reads the field `{node.yaml.value}` as something else",
        hint="one field is either a value or an object, and of one kind: text, number, time or tokens",
    )


def reference(parts: list[Part]) -> str:
    """Write a path as SQL; lists count from 0 in a path and from 1 in SQL."""
    return "lines" + "".join(f"[{part + 1}]" if isinstance(part, int) else f'."{part}"' for part in parts)


def marks_of(parts: list[Part]) -> dict[str, object]:
    """Write a path as marks to recognise a record by; marks look at the first item of a list."""
    marks: object = None
    for part in reversed(parts):
        marks = {part: marks} if isinstance(part, str) else marks
    return marks if isinstance(marks, dict) else {}


def typed_null(kind: str) -> str:
    """Stand in for a key that is not mapped."""
    return f"cast(null as {duckdb_type(kind, 'VARCHAR')})"
