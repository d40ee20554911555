"""Clients that ask again and again, and remember when they were answered what."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.real_gateway.proxy import Proxy


@dataclass(frozen=True)
class Seen:
    """One answer: when it came, in seconds since 1970, and its status."""

    at: float
    key: str
    proxy: Proxy
    status: int


@dataclass
class Clients:
    """What they saw, in the order that it came."""

    seen: list[Seen] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)

    def of(self, key: str, *proxies: Proxy) -> list[Seen]:
        """Give what the client of a key saw, at these proxies or at all."""
        return sorted(
            (one for one in [*self.seen] if one.key == key and (not proxies or one.proxy in proxies)),
            key=lambda one: one.at,
        )

    def first(
        self, is_it: Callable[[Seen], bool], key: str, proxy: Proxy, *, since: float = 0, wait: float = 0
    ) -> Seen:
        """Give the first answer that is such, and wait so many seconds for it."""
        end_at = time.monotonic() + wait
        while True:
            found = next((one for one in self.of(key, proxy) if one.at >= since and is_it(one)), None)
            if found is not None:
                return found
            assert time.monotonic() < end_at, f"no such answer within {wait:.0f} s: {self.of(key, proxy)[-3:]}"
            time.sleep(0.1)

    def ask(self, name: str, key: str, proxy: Proxy, pause: float) -> None:
        """Ask until it is over."""
        while not self.ending.wait(pause):
            self.add(name, key, proxy)

    def add(self, name: str, key: str, proxy: Proxy) -> None:
        """Ask once."""
        status = proxy.chat(key)
        self.seen.append(Seen(time.time(), name, proxy, status))


@contextmanager
def asking(*clients: tuple[str, str, Proxy, float]) -> Iterator[Clients]:
    """Let clients ask, each with its name, its key, its proxy and its pause between two requests."""
    found = Clients()
    threads = [threading.Thread(target=found.ask, args=client, daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        found.ending.set()
        for thread in threads:
            thread.join()
