"""Where the page is served."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import ip_address

from llmcost.errors import UsageError

HOST, PORT = "127.0.0.1", 8765
DEFAULT = f"{HOST}:{PORT}"
HINT = f"--serve={DEFAULT}; logs stand before --serve"
FORM = re.compile(r"(?:(?P<host>\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9.-]+)?:)?(?P<port>[0-9]{1,5})|(?P<only>[A-Za-z0-9.-]+)")
MOST_PORT = 65_535


@dataclass(frozen=True)
class Address:
    """A name or number of this machine, and a port; 0 is any that is free."""

    host: str = HOST
    port: int = PORT

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def read_address(text: str) -> Address:
    """Read `127.0.0.1:8765`, `[::1]:8765`, `localhost`, `:8765` or `8765`. Raises UsageError for what is none."""
    found = FORM.fullmatch(text)
    if found is None or int(found["port"] or PORT) > MOST_PORT:
        raise UsageError(f"--serve {text}: not an address", hint=HINT)
    host = (found["host"] or found["only"] or HOST).strip("[]")
    return Address(host, int(found["port"] or PORT))


def resolved(address: Address) -> tuple[socket.AddressFamily, tuple[str, int]]:
    """Look up where to listen. Raises UsageError for a name that nothing has."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise UsageError(
            f"--serve {address}: {address.host} is no name of this machine",
            hint=f"--serve={DEFAULT}; logs stand before it",
        ) from error
    family, _, _, _, place = found[0]
    return family, (str(place[0]), int(place[1]))


def is_loopback(host: str) -> bool:
    """Tell whether nobody but this machine reaches an address."""
    return ip_address(host.partition("%")[0]).is_loopback
