"""Where coding agents keep their logs on this machine: the folders and variables that each documents."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import yaml

SHELF = resources.files("llmcost.ingest") / "agents.yaml"
# what stands for a variable that is not set, by the XDG base directory specification
USUAL = {"XDG_CONFIG_HOME": "~/.config", "XDG_DATA_HOME": "~/.local/share"}
VARIABLE = re.compile(r"\$(\w+)")


@dataclass(frozen=True)
class Agent:
    """One entry of agents.yaml: `logs` and `databases` are globs below each of its homes."""

    agent: str
    homes: list[str]
    logs: list[str]
    variable: str = ""
    databases: list[str] = field(default_factory=list)
    says: str = ""


@dataclass(frozen=True)
class Found:
    """What one agent keeps in one of its homes: globs that match something, and how many files they match.

    `unread` are files that hold its calls and cannot be read; `says` is what to do about them.
    """

    agent: str
    home: str
    globs: list[str]
    files: int
    unread: list[str]
    says: str


def agents() -> list[Agent]:
    """Read the list of agents."""
    entries: list[dict[str, Any]] = yaml.safe_load(SHELF.read_text(encoding="utf-8"))
    return [Agent(**entry) for entry in entries]


def find_agents(variables: Mapping[str, str]) -> list[Found]:
    """Look for the logs of each agent; what has none is left out."""
    return [found for agent in agents() for home in homes_of(agent, variables) for found in looked_into(agent, home)]


def homes_of(agent: Agent, variables: Mapping[str, str]) -> list[str]:
    """Name the folders that an agent uses: those that its variable names, or else the usual ones, each once."""
    named = [part.strip() for part in variables.get(agent.variable, "").split(",")]
    given = [glob.escape(in_full(part, variables)) for part in named if part]
    found = given or [match for home in agent.homes for match in placed(home, variables)]
    return list(dict.fromkeys(found))


def placed(home: str, variables: Mapping[str, str]) -> list[str]:
    """Name the folders that a usual home stands for on this machine; it may be a glob."""
    return sorted(map(glob.escape, glob.glob(in_full(home, variables))))  # noqa: PTH207  strings, as in places.py


def in_full(path: str, variables: Mapping[str, str]) -> str:
    """Write a path without variables and without ~."""
    path = VARIABLE.sub(lambda name: variables.get(name[1]) or USUAL.get(name[1], name[0]), path)
    return variables.get("HOME", "~") + path[1:] if path == "~" or path.startswith("~/") else path


def looked_into(agent: Agent, home: str) -> Iterator[Found]:
    """Tell what an agent keeps in a home, if it keeps something there."""
    matched = {pattern: glob.glob(pattern, recursive=True) for pattern in below(home, agent.logs)}  # noqa: PTH207
    unread = [file for pattern in below(home, agent.databases) for file in sorted(glob.glob(pattern))]  # noqa: PTH207
    files = {file for found in matched.values() for file in found}
    if files or unread:
        globs = [pattern for pattern, found in matched.items() if found]
        yield Found(agent.agent, home, globs, len(files), unread, agent.says)


def below(home: str, patterns: list[str]) -> list[str]:
    """Write globs as those of a home."""
    return [f"{home.rstrip('/')}/{pattern}" for pattern in patterns]
