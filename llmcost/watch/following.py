"""A thread that follows logs, or a store that others write, and leaves its newest update for whoever draws."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Any

from llmcost.alerts.state import state_path
from llmcost.errors import LockedError, StoreError
from llmcost.ingest import Options
from llmcost.ingest.follow import Look, Onlooker, follow
from llmcost.store import Store
from llmcost.throttle.spent import Looked
from llmcost.watch.snapshot import Snapshot
from llmcost.watch.watching import MEMORY, Clock, Message, Settings, Watching


@dataclass(frozen=True)
class Source:
    """The store, the logs that are read into it (none: others do that), how, and how often they are looked at."""

    db: Path
    logs: tuple[str, ...] = ()
    options: Options | None = None
    poll: float = 5.0


@dataclass(frozen=True)
class Update:
    """What is new: a snapshot, messages that nobody has seen yet, lines about logs, what is waited for, who is to be
    throttled; and how many looks were made at a store that may have become another.
    """

    snapshot: Snapshot | None = None
    messages: list[Message] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    waiting: str = ""
    looked: Looked | None = None
    looks: int = 0


class Newest:
    """Room for one update: a newer one takes the place of its snapshot, and no message is lost.

    `last` is what is known now, whoever has taken it before.
    """

    def __init__(self) -> None:
        self.changed = Condition()
        self.update: Update | None = None
        self.last = Update()
        self.looked: Looked | None = None
        self.error: BaseException | None = None
        self.is_over = False

    def put(self, new: Update) -> None:
        """Leave an update."""
        with self.changed:
            old = self.update or Update()
            self.update = Update(
                new.snapshot or old.snapshot, old.messages + new.messages, old.skipped + new.skipped, new.waiting
            )
            self.looked = new.looked or self.looked
            self.last = Update(new.snapshot or self.last.snapshot, waiting=new.waiting, looks=new.looks)
            self.changed.notify()

    def take_looked(self) -> Looked | None:
        """Take who is to be throttled: whoever acts is not who shows."""
        with self.changed:
            looked, self.looked = self.looked, None
            return looked

    def end(self, error: BaseException | None) -> None:
        """Say that nothing more comes, and why."""
        with self.changed:
            self.error, self.is_over = error, True
            self.changed.notify()

    def take(self, seconds: float = 0) -> Update | None:
        """Wait so long for an update and take it. Raises what ended the thread."""
        with self.changed:
            if self.update is None and not self.is_over and seconds:
                self.changed.wait(seconds)
            found, self.update = self.update, None
            if found is None and self.error is not None:
                raise self.error
            return found


def start(source: Source, settings: Settings, clock: Clock, ending: Event) -> Any:
    """Follow in a thread; gives the thread and where its updates are."""
    newest = Newest()
    thread = Thread(target=run, args=(source, settings, clock, ending, newest), daemon=True)
    thread.start()
    return thread, newest


def run(source: Source, settings: Settings, clock: Clock, ending: Event, newest: Newest) -> None:
    """Follow until it is to end; whatever stops it is left for whoever draws."""
    try:
        for update in updates(source, settings, clock, ending):
            newest.put(update)
    except BaseException as error:
        newest.end(error)
    else:
        newest.end(None)


def updates(source: Source, settings: Settings, clock: Clock, ending: Event) -> Iterator[Update]:
    """Give an update after each look, until it is to end."""
    with Watching(settings, state_path(source.db), clock) as watching:
        for look in looks(source, ending, watching):
            error = look.kept_by
            waiting = "" if error is None else error.message if isinstance(error, StoreError) else str(error.strerror)
            yield Update(
                watching.snapshot(),
                watching.take_sent(),
                look.summary.skipped,
                waiting,
                watching.take_looked(),
                watching.looks,
            )


def looks(source: Source, ending: Event, watching: Watching) -> Iterator[Look]:
    """Look at logs, or at the store that others write."""
    if source.logs:
        options = replace(source.options or Options(), memory_limit=MEMORY)
        return follow(source.db, source.logs, options=options, poll=source.poll, ending=ending, onlooker=watching)
    return look_at_store(source, ending, watching)


def look_at_store(source: Source, ending: Event, onlooker: Onlooker) -> Iterator[Look]:
    """Look at a store whenever others have written to it; who holds it is waited for. Raises what the first raises."""
    before: Any = None
    while not ending.is_set():
        state = [state_of(Path(f"{source.db}{suffix}")) for suffix in ("", ".wal")]
        look = Look()
        if state != before or onlooker.is_due():
            try:
                with Store(source.db, read_only=True) as store:
                    onlooker.look(store)
                before = state
            except (StoreError, OSError) as error:
                if before is None and not isinstance(error, LockedError):
                    raise
                look = Look(kept_by=error)
        yield look
        ending.wait(source.poll)


def state_of(path: Path) -> tuple[int, ...] | None:
    """Tell what changes when a file is written."""
    with suppress(OSError):
        status = path.stat()
        return status.st_size, status.st_mtime_ns, status.st_ino
    return None
