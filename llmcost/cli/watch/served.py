"""`llmcost watch --serve`: the page beside the screen or the lines."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from llmcost.cli.notes import note
from llmcost.errors import UsageError
from llmcost.watch.following import Newest, Source
from llmcost.watch.serve.address import Address, is_loopback, read_address
from llmcost.watch.serve.compute import Reader
from llmcost.watch.serve.guard import LOOPBACK, Guard
from llmcost.watch.serve.server import Server, answering
from llmcost.watch.serve.shared import Shared
from llmcost.watch.serve.site import Site
from llmcost.watch.watching import Clock, Settings

TOKEN = "LLMCOST_WATCH_TOKEN"
SHORTEST = 16
# pages ask again not more often than this
LEAST_POLL = 1.0


@dataclass(frozen=True)
class Serve:
    """What serves the newest in a block, and where the page is; by itself nothing, nowhere."""

    place: str = ""
    during: Callable[[Newest], AbstractContextManager[None]] = lambda _: nullcontext()


def serving(text: str, source: Source, settings: Settings, clock: Clock) -> Serve:
    """Listen, say where, and give what serves the newest. Raises UsageError where that cannot be."""
    address, token = read_address(text), os.environ.get(TOKEN, "")
    if token and len(token) < SHORTEST:
        raise UsageError(f"{TOKEN}: too short to be a secret", hint=f"at least {SHORTEST} characters, or leave it out")
    server = Server(address)
    is_ours_alone = is_loopback(server.host)
    is_given = bool(token)
    if not (token or is_ours_alone):
        token = secrets.token_urlsafe(24)
    guard = guard_of(address, server, token)
    place = f"http://{Address(address.host, server.port)}/"
    say(place, "" if is_given else token)
    if guard.token and not is_ours_alone:
        note("what is served is not encrypted: between machines a tunnel or a proxy does that")

    @contextmanager
    def during(newest: Newest) -> Iterator[None]:
        shared = Shared(Reader(source, settings), newest, clock)
        with answering(server, Site(guard, shared, max(source.poll, LEAST_POLL))):
            yield

    return Serve(place, during)


def guard_of(address: Address, server: Server, token: str) -> Guard:
    """Say who may read: names of this machine, and every number of it where others reach it."""
    names = LOOPBACK | {address.host.lower(), server.host.lower(), socket.gethostname().lower()}
    if is_loopback(server.host):
        return Guard(LOOPBACK | {address.host.lower(), server.host.lower()}, token, server.port)
    return Guard(names, token, server.port, has_any_number=True)


def say(place: str, generated: str) -> None:
    """Say where the page is; a token that was made here is said once, with it."""
    query = f"?token={generated}" if generated else ""
    needs = f" (token: {TOKEN})" if os.environ.get(TOKEN) else ""
    note(f"page: {place}{query}{needs}")
