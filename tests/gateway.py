"""A gateway on loopback that keeps limits of keys as LiteLLM's proxy does, by the calls that llmcost makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.receivers import running

# as the proxy says them: of a key that it never had, of one that was deleted, of an address that it does not have
NOT_FOUND = {"type": "not_found_error", "param": "key", "code": "404"}
NO_KEY = {"error": {"message": "Key not found in database", **NOT_FOUND}}
NO_KEY_TO_CHANGE = {"error": {"message": "Key not found.", **NOT_FOUND}}
NO_ADDRESS = {"detail": "Not Found"}
MASTER = "sk-T0PSECRET-master-1234"


@dataclass
class Proxy:
    """The limits of each key, and the calls that changed some; one that is `down` answers with 503."""

    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    asked: int = 0
    is_down: bool = False
    forgets_answers: bool = False
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    """Answers as the proxy does, in the shapes that it was seen to use."""

    proxy: Proxy

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.proxy.asked += 1
        key = parse_qs(parts.query).get("key", [""])[0]
        info = self.proxy.keys.get(key)
        if self.refuses() or parts.path != "/key/info":
            return self.say(self.refuses() or 404, NO_ADDRESS)
        if info is None:
            return self.say(404, NO_KEY)
        return self.say(200, {"key": key, "info": {"key_alias": f"alias-{key}", **info}})

    def do_POST(self) -> None:
        self.proxy.asked += 1
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        info = self.proxy.keys.get(body["key"])
        if self.refuses() or info is None or "status" in info:
            return self.say(self.refuses() or 404, NO_KEY_TO_CHANGE)
        self.proxy.calls.append((self.path, body))
        changes = {"/key/block": {"blocked": True}, "/key/unblock": {"blocked": False}}
        info |= changes.get(self.path, {name: value for name, value in body.items() if name != "key"})
        return self.say(503 if self.proxy.forgets_answers else 200, {"token": body["key"], **info})

    def refuses(self) -> int:
        if self.proxy.is_down:
            return 503
        return 0 if self.headers["Authorization"] == f"Bearer {MASTER}" else 401

    def say(self, code: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def proxying(**keys: dict[str, Any]) -> Iterator[Proxy]:
    """Run one with these keys."""
    proxy = Proxy({name: {"rpm_limit": None, "blocked": None, **limits} for name, limits in keys.items()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Proxying", (Handler,), {"proxy": proxy}))
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    with running(server):
        yield proxy
