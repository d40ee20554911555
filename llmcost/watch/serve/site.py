"""What is answered to a request: a reason to who may not read, nothing to who has it already, else the page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from threading import Lock
from urllib.parse import urlsplit
from zlib import crc32

from llmcost.errors import LlmcostError, StoreError, UsageError
from llmcost.store import Filters
from llmcost.watch.following import Update
from llmcost.watch.serve.asked import Asked, read_asked
from llmcost.watch.serve.compute import Computed
from llmcost.watch.serve.guard import Guard, without_token
from llmcost.watch.serve.page import timeless, written
from llmcost.watch.serve.present import old
from llmcost.watch.serve.shared import Kept, Shared
from llmcost.watch.snapshot import Snapshot

PAGE, PART = "/", "/part"
METHODS = ("GET", "HEAD")
HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"
MOST_WRITTEN = 16
# before the first look
NOTHING = Kept(0, Filters(), Computed(), None, 0)


@dataclass(frozen=True)
class Request:
    """A request; the names of its headers are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]

    def header(self, name: str) -> str:
        """Give a header, nothing where there is none."""
        return self.headers.get(name, "")


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int
    body: bytes = b""
    kind: str = TEXT
    headers: Mapping[str, str] = field(default_factory=dict)


class Site:
    """The page and what it is made of, for all who look."""

    def __init__(self, guard: Guard, shared: Shared, poll: float) -> None:
        self.guard, self.shared = guard, shared
        self.poll = poll
        # tags of another process are none of ours
        self.name = token_hex(4)
        self.snapshot: Snapshot | None = None
        self.versions = 0
        self.writing = Lock()
        self.pages: OrderedDict[str, bytes] = OrderedDict()

    def reply(self, request: Request) -> Reply:
        """Answer a request."""
        try:
            url = urlsplit(request.target)
        except ValueError:
            return refusal(400, "this is not an address", "there is / and nothing else")
        refused = self.refused(request, url.path, url.query)
        if refused is not None:
            return refused
        try:
            return self.shown(request, read_asked(url.query), is_whole=url.path == PAGE)
        except UsageError as error:
            return refusal(400, error.message, error.hint)
        except StoreError as error:
            return refusal(503, error.message, error.hint)
        except OSError as error:
            return refusal(503, str(error.strerror or error), "")

    def refused(self, request: Request, path: str, query: str) -> Reply | None:
        """Say why a request is not answered, or how its token is kept; nothing where it may be."""
        if request.method not in METHODS:
            return refusal(405, f"{request.method}: this page is only read", "GET", {"Allow": ", ".join(METHODS)})
        if not self.guard.knows(request.header("host")):
            return refusal(421, "Host: not a name of this machine", "ask by the address that llmcost has printed")
        if request.header("sec-fetch-site") == "cross-site" and request.header("sec-fetch-mode") != "navigate":
            return refusal(403, "another site asks for this page", "open it by its own address")
        given, rest = without_token(query)
        if given is not None and self.guard.is_token(given):
            where = {"Location": f"{PAGE}?{rest}" if rest else PAGE, "Set-Cookie": self.guard.cookie}
            return Reply(303, headers=where)
        if not self.guard.admits(request.header("cookie"), request.header("authorization")):
            return refusal(401, "this page needs its token", f"http://{request.header('host')}/?token=TOKEN")
        if given is not None:
            return refusal(400, "token: this is not the token of this page", "leave it out")
        return None if path in (PAGE, PART) else refusal(404, "no such page", "there is / and nothing else")

    def shown(self, request: Request, asked: Asked, *, is_whole: bool) -> Reply:
        """Write the page, or say that nothing is new. Raises StoreError, UsageError."""
        last = self.shared.newest.last
        if last.snapshot is None:
            # what is wrong with the address is so before there is anything to see
            self.shared.filters(asked)
            kept = NOTHING
        else:
            kept = self.shared.get(asked)
        of = crc32(asked.query.encode())
        tag = f'"{self.name}-{of:x}-{kept.number}-{self.version(last)}"'
        headers = {"ETag": tag, "Llmcost-Age": old(kept.until, self.shared.clock())}
        if tag in [one.strip() for one in request.header("if-none-match").split(",")]:
            return Reply(304, headers=headers)
        body = self.body(f"{tag}{is_whole}", asked, kept, last, is_whole=is_whole)
        return Reply(200, body, HTML, headers)

    def body(self, key: str, asked: Asked, kept: Kept, last: Update, *, is_whole: bool) -> bytes:
        """Write a page once for all who see the same."""
        with self.writing:
            if key not in self.pages:
                self.pages[key] = written(asked, kept, last, self.poll, is_whole=is_whole).encode()
                while len(self.pages) > MOST_WRITTEN:
                    self.pages.popitem(last=False)
            return self.pages[key]

    def version(self, last: Update) -> str:
        """Number what is known of the present, the same as long as it tells the same."""
        with self.writing:
            snapshot = timeless(last.snapshot)
            if snapshot != self.snapshot:
                self.snapshot, self.versions = snapshot, self.versions + 1
            return f"{self.versions}{'w' if last.waiting else ''}"


def refusal(status: int, what: str, hint: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Say what is wrong, and what to do."""
    text = what + (f"\nhint: {hint}" if hint else "") + "\n"
    return Reply(status, text.encode(), TEXT, headers or {})


def bug(error: Exception) -> Reply:
    """Say that it is our fault, without what may be a user's."""
    is_ours = not isinstance(error, LlmcostError)
    return refusal(500, f"a bug in llmcost: {type(error).__name__}" if is_ours else str(error), "please report it")
