"""Headers on requests, in the HTTP clients that SDKs stand on: httpx, httpx2, requests, aiohttp."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import wraps
from types import ModuleType
from typing import Any

from llmcost.stamp.patches import Patch, Patches

Stamp = Callable[[str, MutableMapping[str, str]], None]


def http_patches(stamp: Stamp) -> dict[str, Patch]:
    """Make the patches by module. `stamp` writes into the headers of a request to a URL."""
    prepared, named = of_prepared(stamp), of_named(stamp)

    def httpx(module: ModuleType, patches: Patches) -> None:
        patches.replace(module.Client, "send", prepared)
        patches.replace(module.AsyncClient, "send", prepared)

    def requests(module: ModuleType, patches: Patches) -> None:
        patches.replace(module.Session, "send", prepared)

    def aiohttp(module: ModuleType, patches: Patches) -> None:
        patches.replace(module.ClientSession, "_request", named)

    return {"httpx": httpx, "httpx2": httpx, "requests": requests, "aiohttp": aiohttp}


def of_prepared(stamp: Stamp) -> Callable[[Any], Any]:
    """Wrap a method that sends a request object."""

    def wrap(send: Any) -> Any:
        @wraps(send)
        def stamped(self: Any, request: Any, *args: Any, **options: Any) -> Any:
            stamp(str(request.url), request.headers)
            return send(self, request, *args, **options)

        return stamped

    return wrap


def of_named(stamp: Stamp) -> Callable[[Any], Any]:
    """Wrap a method of aiohttp's that takes a URL and headers; its session may have headers of its own."""

    def wrap(send: Any) -> Any:
        @wraps(send)
        def stamped(self: Any, method: str, url: Any, **options: Any) -> Any:
            headers = self.headers.copy()
            headers.update(options.get("headers") or {})
            stamp(str(self._build_url(url)), headers)
            return send(self, method, url, **{**options, "headers": headers})

        return stamped

    return wrap
