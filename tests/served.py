"""Logs that are watched and served, with times that a test sets and a look only when a test makes one."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from llmcost.alerts.state import state_path
from llmcost.ingest import ingest
from llmcost.store import Store
from llmcost.watch.following import Newest, Source, Update
from llmcost.watch.serve.address import Address
from llmcost.watch.serve.compute import Reader
from llmcost.watch.serve.guard import Guard
from llmcost.watch.serve.server import Server, answering
from llmcost.watch.serve.shared import Shared
from llmcost.watch.serve.site import Reply, Request, Site
from llmcost.watch.snapshot import AlertLine
from llmcost.watch.watching import Settings, Watching
from tests.logs import Record, write_log
from tests.test_watch_snapshot import NOW, SETTINGS

HOST = "127.0.0.1:8765"


class Served:
    """A folder of logs, what is known of them, and the site of some views; computing takes no time."""

    def __init__(
        self,
        folder: Path,
        settings: Settings = SETTINGS,
        guard: Guard | None = None,
        names: tuple[str, ...] = ("overview",),
    ) -> None:
        self.folder, self.now, self.files = folder, NOW, 0
        self.source = Source(folder / "llmcost.duckdb", (str(folder),), poll=0.1)
        self.newest = Newest()
        self.watching = Watching(settings, state_path(self.source.db), self.clock)
        self.shared = Shared(Reader(self.source, settings, names), self.newest, self.clock, lambda: (0.0, 0.0))
        self.site = Site(guard or Guard(), self.shared, 0.1)
        self.stack = ExitStack()

    def clock(self) -> datetime:
        return self.now

    def read(self, *records: Record) -> None:
        """Read these records, and look."""
        self.files += 1
        log = write_log(self.folder / f"log-{self.files}.jsonl", records)
        with Store(self.source.db) as store:
            ingest(store, [str(log)])
            self.watching.look(store)
        self.tell()

    def tell(self, waiting: str = "", looks: int = 0) -> None:
        """Leave what is known for whoever shows it, after so many looks more."""
        self.newest.put(Update(self.watching.snapshot(), waiting=waiting, looks=self.watching.looks + looks))

    def alert(self, *alerts: AlertLine, throttled: tuple[str, ...] = ()) -> None:
        """Leave what is known with these alerts and keys that are held back."""
        snapshot = replace(self.watching.snapshot(), alerts=alerts, throttled=throttled)
        self.newest.put(Update(snapshot, looks=self.watching.looks))

    def get(self, target: str = "/part", method: str = "GET", **headers: str) -> Reply:
        """Ask the site, without a network."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.site.reply(Request(method, target, {"host": HOST, **named}))

    def listen(self) -> str:
        """Answer at a port that is free, until this is closed; gives the address."""
        server = Server(Address("127.0.0.1", 0))
        self.stack.enter_context(answering(server, self.site))
        return f"http://127.0.0.1:{server.port}/"

    def close(self) -> None:
        self.stack.close()
        self.watching.__exit__()
