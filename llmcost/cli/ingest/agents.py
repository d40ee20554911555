"""`llmcost ingest --agents`: the logs of coding agents on this machine, and what is said of them."""

from __future__ import annotations

import os
from dataclasses import replace

from llmcost.cli.ingest.options import IngestOptions
from llmcost.cli.notes import note
from llmcost.counts import counted
from llmcost.errors import InputError, UsageError
from llmcost.ingest.agents import Found, agents, find_agents


def with_agents(asked: IngestOptions) -> IngestOptions:
    """Add what agents keep on this machine to the paths, and say what it is.

    Raises UsageError where nothing is asked for, and InputError where nothing is found.
    """
    if not asked.agents:
        if not asked.paths:
            raise UsageError("nothing to read", hint="name files, folders, globs or -; or --agents")
        return asked
    found = find_agents(os.environ)
    for item in found:
        note(said_of(item))
    globs = [pattern for item in found for pattern in item.globs]
    if not globs and not asked.paths:
        names = ", ".join(dict.fromkeys(agent.agent for agent in agents()))
        raise InputError("no logs of coding agents where they usually are", hint=f"looked for those of {names}")
    return replace(asked, paths=(*asked.paths, *globs))


def said_of(found: Found) -> str:
    """Say what one agent keeps in one place."""
    lines = [f"{found.agent}: {counted(found.files, 'file')} in {found.home}"] if found.files else []
    lines += [f"{found.agent}: {file} is a database and is not read; {found.says}" for file in found.unread]
    return "\n".join(lines)
