"""Who may read the page: whoever asks by a name of this machine and, where others reach it, has the token."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlencode

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HOST = re.compile(r"(\[[^\]]+\]|[^:\[\]]+)(?::[0-9]{1,5})?")
TOKEN = "token"


@dataclass(frozen=True)
class Guard:
    """The names by which the page may be asked for, the token that it needs, and the port, which names the cookie.

    A page of another site has its own name in `Host`, also where that name is made to mean this machine. With
    `has_any_number` every address that is a number is one of ours.
    """

    names: frozenset[str] = LOOPBACK
    token: str = ""
    port: int = 0
    has_any_number: bool = False

    def knows(self, host: str) -> bool:
        """Tell whether a header `Host` names this machine; its port may be that of a tunnel."""
        found = HOST.fullmatch(host.strip().lower())
        if found is None:
            return False
        name = found[1].strip("[]")
        return name in self.names or (self.has_any_number and is_number(name))

    def admits(self, cookie: str, authorization: str) -> bool:
        """Tell whether a request has what the token gave it, or the token itself in its header."""
        if not self.token:
            return True
        kind, _, given = authorization.partition(" ")
        if kind.lower() == "bearer" and self.is_token(given.strip()):
            return True
        values = [value for name, value in cookies(cookie) if name == self.cookie_name]
        return any(same(value, self.cookie_value) for value in values)

    def is_token(self, given: str) -> bool:
        """Compare in a time that tells nothing."""
        return bool(self.token) and same(given, self.token)

    @property
    def cookie_name(self) -> str:
        """Name the cookie; all ports of a machine share theirs."""
        return f"llmcost_{self.port}"

    @property
    def cookie_value(self) -> str:
        """Give what stands for the token where a browser keeps it."""
        return sha256(f"llmcost watch {self.token}".encode()).hexdigest()

    @property
    def cookie(self) -> str:
        """Write the header that gives it."""
        return f"{self.cookie_name}={self.cookie_value}; Path=/; HttpOnly; SameSite=Strict"


def same(given: str, kept: str) -> bool:
    """Compare two texts in a time that tells nothing of either."""
    return hmac.compare_digest(given.encode(), kept.encode())


def cookies(header: str) -> list[tuple[str, str]]:
    """Read a header of cookies."""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return [(name, value) for name, _, value in pairs]


def is_number(name: str) -> bool:
    """Tell whether an address is a number: no name that somebody could make mean another machine."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def without_token(query: str) -> tuple[str | None, str]:
    """Take the token out of the query of an address."""
    fields = parse_qsl(query, keep_blank_values=True)
    given = next((value for name, value in fields if name == TOKEN), None)
    return given, urlencode([one for one in fields if one[0] != TOKEN])
