"""JSON over HTTP to one server, with a token that goes nowhere else."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request

from llmcost.errors import InputError, UsageError
from llmcost.web import LOOPBACK, opener

# no user, no query: a path is put behind it
ADDRESS = re.compile(r"https?://[^\s@?#\\\x00-\x20\x7f-\U0010ffff]+", re.IGNORECASE)
ATTEMPTS = 3
TIMEOUT_SECONDS = 20
LONGEST_WAIT_SECONDS = 30.0
BUSY = 429
AGAIN = (BUSY, 500, 502, 503, 504)


@dataclass(frozen=True)
class Api:
    """A server's address, and the headers that it wants, the token among them; `pause_seconds` before a second try."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    pause_seconds: float = 1.0

    def __post_init__(self) -> None:
        check_address(self.url)

    def read(self, path: str) -> Any:
        """Get what stands at a path."""
        return self.send("GET", path, None)

    def send(self, method: str, path: str, content: Mapping[str, Any] | None) -> Any:
        """Send content and give the answer. Raises InputError where the server refuses it or does not answer."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self.once(method, path, content)
            except HTTPError as error:
                error.close()
                # what a server may have done already is not sent again; a busy one says that it has not
                is_safe = method == "GET" or error.code == BUSY
                if error.code not in AGAIN or not is_safe or attempt == ATTEMPTS:
                    raise refused(self.host, error.code) from None
                time.sleep(wait(error.headers.get("Retry-After"), self.pause_seconds * 2 ** (attempt - 1)))
            except (URLError, HTTPException, OSError, ValueError) as error:
                if method != "GET" or attempt == ATTEMPTS:
                    raise unreachable(self.host, error) from None
                time.sleep(self.pause_seconds)
        raise AssertionError

    @property
    def host(self) -> str:
        """The server's name."""
        return str(urlsplit(self.url).hostname)

    def once(self, method: str, path: str, content: Mapping[str, Any] | None) -> Any:
        """Send one request."""
        data = None if content is None else json.dumps(content).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "llmcost", **self.headers}
        request = Request(self.url.rstrip("/") + path, data, headers, method=method)
        with opener(self.url).open(request, timeout=TIMEOUT_SECONDS) as answer:
            return json.load(answer)


def check_address(url: str) -> None:
    """Refuse what is not an address of a server, and one to which a token would go in the clear. Raises UsageError."""
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port != 0 and ADDRESS.fullmatch(url) is not None
    except ValueError:
        is_address = False
    if not is_address:
        # a password in it is not to be seen
        shown = "" if "@" in url else f"{url}: "
        raise UsageError(f"{shown}not the address of an API", hint="GITHUB_API_URL and CI_API_V4_URL name one, if set")
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise UsageError(f"{url}: only https is safe for a token", hint="GITHUB_API_URL and CI_API_V4_URL name it")


def wait(asked: str | None, otherwise: float) -> float:
    """Take how long the server asks to wait, but not longer than bearable."""
    return min(float(asked) if asked and asked.isdecimal() else otherwise, LONGEST_WAIT_SECONDS)


def refused(host: str, code: int) -> InputError:
    """Say what a status means."""
    hints = {
        401: "is the token right, and not run out?",
        403: "the token may not comment: `pull-requests: write` (GitHub), scope api (GitLab); a fork's never may",
        404: "is there such a pull request, and may the token see it?",
    }
    return InputError(f"{host} refuses the comment: {code}", hint=hints.get(code, "the job's summary has it too"))


def unreachable(host: str, error: Exception) -> InputError:
    """Say that there is no answer."""
    reason = getattr(error, "reason", None) or error
    return InputError(f"{host} does not answer: {reason}", hint="the job's summary has the comment too")
