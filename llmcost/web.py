"""Who sends something with a secret follows nobody elsewhere, and passes no proxy in the clear."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, build_opener

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class NoRedirect(HTTPRedirectHandler):
    """Another server would get the secret."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Refuse."""
        return


def opener(url: str) -> OpenerDirector:
    """Give what opens an address."""
    return build_opener(NoRedirect, *proxies(url))


def proxies(url: str) -> list[ProxyHandler]:
    """Go past every proxy to this machine itself: without TLS a proxy would read the secret."""
    parts = urlsplit(url)
    return [ProxyHandler({})] if parts.scheme != "https" or parts.hostname in LOOPBACK else []
