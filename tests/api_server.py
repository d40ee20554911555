"""A server on loopback that keeps comments as GitHub and GitLab do: pages, tokens, hiccups."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "secret-token-of-the-tests"
LISTS = re.compile(r"/repos/o/r/issues/7/comments|/projects/42/merge_requests/7/notes")
ONE = re.compile(r"(?:/repos/o/r/issues/comments|/projects/42/merge_requests/7/notes)/(\d+)")


@dataclass
class Pull:
    """The comments of a pull request, what was asked, and answers that are given before others."""

    bodies: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    first: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def comment(self, number: int) -> dict[str, Any]:
        return {"id": number, "body": self.bodies[number], "html_url": f"https://example.org/c/{number}"}


class Handler(BaseHTTPRequestHandler):
    """Answers for one pull request."""

    pull: Pull

    def do(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        content = json.loads(self.rfile.read(length)) if length else None
        self.pull.asked.append(f"{self.command} {self.path}")
        if self.pull.first:
            code, headers = self.pull.first.pop(0)
            self.answer(code, {"message": "no"}, headers)
        elif TOKEN not in (self.headers.get("Authorization", "")[7:], self.headers.get("PRIVATE-TOKEN")):
            self.answer(401, {"message": "who are you"})
        else:
            self.answer(*self.found(parts.path, parse_qs(parts.query), content))

    def found(self, path: str, query: dict[str, list[str]], content: Any) -> tuple[int, Any]:
        one = ONE.fullmatch(path)
        if LISTS.fullmatch(path) and self.command == "GET":
            size, page = int(query["per_page"][0]), int(query["page"][0])
            numbers = range(len(self.pull.bodies))[size * (page - 1) : size * page]
            return 200, [self.pull.comment(number) for number in numbers]
        if LISTS.fullmatch(path) and self.command == "POST":
            self.pull.bodies.append(content["body"])
            return 201, self.pull.comment(len(self.pull.bodies) - 1)
        if one and self.command == ("PATCH" if path.startswith("/repos") else "PUT"):
            self.pull.bodies[int(one[1])] = content["body"]
            return 200, self.pull.comment(int(one[1]))
        return 404, {"message": "not found"}

    def answer(self, code: int, content: Any, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(content).encode()
        self.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_PUT = do

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(pull: Pull) -> Iterator[Pull]:
    """Serve a pull request; it stops by itself."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Serving", (Handler,), {"pull": pull}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    pull.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield pull
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
