"""The server of the page: threads of the standard library, few of them, that answer and log nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Thread
from typing import Any

from llmcost.errors import UsageError
from llmcost.render.html import live_policy
from llmcost.watch.serve.address import Address, resolved
from llmcost.watch.serve.site import Reply, Request, Site, bug, refusal

MOST_CONNECTIONS = 64
# seconds until a connection that was ended has given its place back
PATIENCE = 1.0
NOBODY = object()
ALWAYS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class Server(ThreadingHTTPServer):
    """Listens from when it is made; answers with its site, once it has one."""

    daemon_threads = True
    site: Site

    def __init__(self, address: Address) -> None:
        self.address_family, place = resolved(address)
        self.places = BoundedSemaphore(MOST_CONNECTIONS)
        # connections on which nothing is asked yet, or nothing more, the longest first
        self.waiting: dict[Any, Any] = {}
        self.policy = f"{live_policy()}; frame-ancestors 'none'"
        try:
            super().__init__(place, Handler)
        except OSError as error:
            hint = f"--serve={Address(address.host, address.port + 1)}, or end what has it"
            raise UsageError(f"--serve {address}: {(error.strerror or str(error)).lower()}", hint=hint) from error

    def server_bind(self) -> None:
        """Bind, without looking up this machine's name."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    @property
    def host(self) -> str:
        """The number that it listens at."""
        return str(self.server_address[0])

    @property
    def port(self) -> int:
        """The port that it listens at."""
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, where there are not too many that ask for something."""
        if self.places.acquire(blocking=False) or self.makes_room():
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def makes_room(self) -> bool:
        """End the connection that has asked for nothing for the longest time, if there is one."""
        longest = next(iter(list(self.waiting)), None)
        if longest is None or self.waiting.pop(longest, NOBODY) is NOBODY:
            return False
        with suppress(OSError):
            longest.shutdown(socket.SHUT_RDWR)
        return self.places.acquire(timeout=PATIENCE)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and make room for another."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of who has gone in the middle of an answer."""


class Handler(BaseHTTPRequestHandler):
    """Reads requests and writes answers."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "llmcost", ""
    timeout = 30
    server: Server

    def handle_one_request(self) -> None:
        """Wait for a request; whoever needs the place meanwhile may have it."""
        self.server.waiting[self.connection] = None
        try:
            super().handle_one_request()
        finally:
            self.server.waiting.pop(self.connection, None)

    def parse_request(self) -> bool:
        """Read a request and answer it, whatever its method is; nothing is left to do then."""
        if super().parse_request():
            if self.server.waiting.pop(self.connection, NOBODY) is NOBODY:
                # its end was not awaited
                self.close_connection = True
            else:
                self.answer()
        return False

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no request, in no words of it."""
        self.close_connection, self.request_version = True, self.protocol_version
        self.write(refusal(code, "this is not a request that can be read", ""))

    def answer(self) -> None:
        """Answer."""
        # one that is said twice is neither
        headers = {name.lower(): ", ".join(self.headers.get_all(name, [])) for name in self.headers}
        if "content-length" in headers or "transfer-encoding" in headers:
            # nobody reads what was sent with it
            self.close_connection = True
        try:
            reply = self.server.site.reply(Request(self.command, self.path, headers))
        except Exception as error:
            reply = bug(error)
        except KeyboardInterrupt:
            # what was computed was stopped: watching ends
            self.close_connection = True
            return
        self.write(reply)

    def write(self, reply: Reply) -> None:
        """Write an answer."""
        self.send_response(reply.status)
        for name, value in {**ALWAYS, "Content-Security-Policy": self.server.policy, **reply.headers}.items():
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: addresses hold names."""


@contextmanager
def answering(server: Server, site: Site) -> Iterator[None]:
    """Answer with a site in the block; what is being computed at its end is stopped."""
    server.site = site
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        site.shared.end()
        thread.join()
