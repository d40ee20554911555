"""`--agents`: the logs of coding agents on this machine, and what is said of them."""

from __future__ import annotations

import os

from llmcost.cli.notes import note
from llmcost.counts import counted
from llmcost.errors import InputError
from llmcost.ingest.agents import Found, agents, find_agents


def agent_paths(named: tuple[str, ...]) -> tuple[str, ...]:
    """Name what agents keep on this machine behind the paths that are named, and say what it is.

    Raises InputError where there is nothing of both.
    """
    found = find_agents(os.environ)
    for item in found:
        note(said_of(item))
    globs = [pattern for item in found for pattern in item.globs]
    if not globs and not named:
        names = ", ".join(dict.fromkeys(agent.agent for agent in agents()))
        raise InputError("no logs of coding agents where they usually are", hint=f"looked for those of {names}")
    return (*named, *globs)


def said_of(found: Found) -> str:
    """Say what one agent keeps in one place."""
    lines = [f"{found.agent}: {counted(found.files, 'file')} in {found.home}"] if found.files else []
    lines += [f"{found.agent}: {file} is a database and is not read; {found.says}" for file in found.unread]
    return "\n".join(lines)
