"""The settings of a check, each said once: what it means, how it is written, and what is usual.

The options of `llmcost check`, the section `check` of llmcost.yaml and its JSON schema are made of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, Self

from llmcost.errors import UsageError

NONE = "none"
NUMBER = "[0-9]+([.][0-9]+)?"
LIMITS, NAMES = "What fails it", "What names a case"


@dataclass(frozen=True)
class Kind:
    """How a limit is written: its word in help, its name in a sentence, an example, its pattern, its least value."""

    metavar: str
    called: str
    example: str
    pattern: str
    bound: Mapping[str, int]

    def read(self, option: str, text: str) -> Decimal | None:
        """Read a limit, None where it is none; a share of 5% is 0.05. Raises UsageError for what is not one."""
        if text == NONE:
            return None
        found = re.search(NUMBER, text) if re.fullmatch(self.pattern, text.strip()) else None
        number = Decimal(found[0]) / (100 if text.strip().endswith("%") else 1) if found else None
        if number is None or number <= self.bound.get("exclusiveMinimum", -1):
            raise UsageError(f"{option} {text}: not {self.called}", hint=f"{option} {self.example}, or none")
        return number


SHARE = Kind("SHARE", "a share", "5%", f"{NUMBER}%?", {"minimum": 0})
TIMES = Kind("TIMES", "a factor above 1", "3x", f"{NUMBER}x?", {"exclusiveMinimum": 1})
USD = Kind("USD", "an amount in USD", "0.01", f"[$]?{NUMBER}", {"minimum": 0})


def limit(kind: Kind, means: str, usual: str) -> Any:
    """Declare a limit; None is not said."""
    said = {"kind": kind, "means": means, "usual": usual}
    option = {"help": f"{means}  [default: {usual}]", "metavar": kind.metavar, "section": LIMITS}
    return field(default=None, metadata=said | option)


def key(means: str) -> Any:
    """Declare what names something in a request; None is not said."""
    return field(
        default=None,
        metadata={"means": means, "help": means, "metavar": "KEY", "section": NAMES, "complete": "columns"},
    )


@dataclass(frozen=True)
class KeySettings:
    """What names a case, its repeats and a step of the application; None is not said."""

    case_key: str | None = key("What names the case: metadata.KEY, tag:NAME or a column.")
    run_key: str | None = key("What tells repeats of a case apart: a column (file, trace), or tag:NAME.")
    route_key: str | None = key("What names a step of the application: a column (key), or tag:NAME.")

    def over(self, other: KeySettings) -> Self:
        """Lay these settings over others."""
        below = {field.name: getattr(other, field.name) for field in fields(self)}
        return replace(self, **{name: value for name, value in below.items() if getattr(self, name) is None})


@dataclass(frozen=True)
class CheckSettings(KeySettings):
    """The limits of a check besides, as they are written: 5%, 3x, 0.01 or none."""

    max_increase: str | None = limit(SHARE, "How much more all cases together may cost.", "5%")
    min_increase_usd: str | None = limit(USD, "An increase by less than this, in USD a run, does not fail.", "0.0001")
    max_case_increase: str | None = limit(TIMES, "How many times as much one case may cost, or none.", "3x")
    max_total_usd: str | None = limit(USD, "What a run of all cases may cost.", NONE)
    max_case_usd: str | None = limit(USD, "What a run of one case may cost.", NONE)
    max_amplification_increase: str | None = limit(SHARE, "How many more attempts a call may take, or none.", "25%")
    max_cache_drop: str | None = limit(SHARE, "How much less of the input may come from caches, or none.", "10%")
    max_latency_increase: str | None = limit(SHARE, "How much slower the slowest cases may get, or none.", NONE)

    def value(self, name: str) -> Decimal | None:
        """Give a limit, or what is usual where it is not said; None is none. Raises UsageError."""
        metadata = next(field.metadata for field in fields(self) if field.name == name)
        kind: Kind = metadata["kind"]
        return kind.read(f"--{name.replace('_', '-')}", getattr(self, name) or metadata["usual"])


USUAL = CheckSettings()


def usual(name: str) -> Decimal | None:
    """Give a limit as it is where nobody says otherwise."""
    return USUAL.value(name)


def usual_number(name: str) -> float:
    """Give a limit that there always is, as the statistics have it."""
    return float(usual(name) or 0)


def schema() -> dict[str, Any]:
    """Write the section `check` of llmcost.yaml as JSON schema, without the kinds that it refers to."""
    return {field.name: schema_of(field.metadata) for field in fields(CheckSettings)}


def schema_of(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Write one setting."""
    if "kind" not in metadata:
        return {"type": "string", "description": metadata["means"]}
    return {"$ref": f"#/$defs/{metadata['metavar'].lower()}", "description": metadata["means"]} | {
        "default": metadata["usual"]
    }


def kinds() -> dict[str, Any]:
    """Write the kinds of limits as JSON schema."""
    return {
        kind.metavar.lower(): {"type": ["string", "number"], "pattern": f"^({kind.pattern}|{NONE})$", **kind.bound}
        for kind in (SHARE, TIMES, USD)
    }
