"""Receivers on loopback, of HTTP and of mail, which keep what they were sent and answer as they are told."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Heard:
    """One request."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Receiver:
    """What was heard, and what is answered: the first of `answers`, else what `answer` says of the number of it."""

    heard: list[Heard] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    answer: Callable[[int], int] = lambda number: 200
    url: str = ""
    asked: int = 0

    @property
    def ids(self) -> list[str]:
        """The ids of the messages that were taken, those in a digest one by one."""
        return [one["id"] for heard in self.heard for one in heard.body.get("messages", [heard.body])]


class Handler(BaseHTTPRequestHandler):
    """Keeps what it takes."""

    receiver: Receiver

    def do_POST(self) -> None:
        receiver = self.receiver
        receiver.asked += 1
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        code, headers = receiver.answers.pop(0) if receiver.answers else (receiver.answer(receiver.asked), {})
        if code < 300:
            receiver.heard.append(Heard(self.path, dict(self.headers), body))
        # who was killed or has waited for too long is not there any more
        with suppress(OSError):
            self.send_response(code, "words of the receiver")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"more words of the receiver")

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen for HTTP."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Receiving", (Handler,), {"receiver": receiver}))
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    with running(server):
        yield receiver


@dataclass
class Mailbox:
    """The letters that came, who they were for, and what is answered to RCPT."""

    letters: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answer: str = "250 ok"
    port: int = 0
    logins: list[str] = field(default_factory=list)
    certificate: Path | None = None


class Postman(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as a letter needs; encryption is offered by who has a certificate."""

    mailbox: Mailbox
    is_encrypted = False

    def handle(self) -> None:
        # who does not trust the certificate hangs up
        with suppress(ssl.SSLError):
            self.talk()

    def talk(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "EHLO":
                offered = [
                    "STARTTLS" if self.mailbox.certificate and not self.is_encrypted else "8BITMIME",
                    "AUTH PLAIN",
                ]
                self.say(f"250-here\r\n250-{offered[0]}\r\n250 {offered[1]}")
                continue
            if word == "STARTTLS":
                self.say("220 go on")
                self.encrypt()
                continue
            if word == "AUTH":
                self.mailbox.logins.append(line)
            if word == "DATA":
                self.say("354 go on")
                self.mailbox.letters.append(self.letter())
            if word == "RCPT":
                self.mailbox.recipients.append(line)
            self.say({"QUIT": "221 bye", "RCPT": self.mailbox.answer, "AUTH": "235 ok"}.get(word, "250 ok"))
            if word == "QUIT":
                return

    def encrypt(self) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(str(self.mailbox.certificate))
        self.request = context.wrap_socket(self.connection, server_side=True)
        self.is_encrypted = True
        self.setup()

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def letter(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        return "\n".join(lines)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mailing() -> Iterator[Mailbox]:
    """Listen for mail."""
    mailbox = Mailbox()
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Mailing", (Postman,), {"mailbox": mailbox}))
    mailbox.port = server.server_address[1]
    with running(server):
        yield mailbox


@contextmanager
def running(server: socketserver.BaseServer) -> Iterator[None]:
    """Run a server; it stops by itself."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
