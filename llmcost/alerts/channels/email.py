"""Mail, handed to a server by SMTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from llmcost.alerts.channels.answer import MAIL_OVER_TLS, Answer, Server
from llmcost.alerts.channels.message import Message, title
from llmcost.alerts.channels.source import Source, is_plain, keys, secret_of
from llmcost.pricing.loader import Node, required

if TYPE_CHECKING:
    from email.message import EmailMessage

SUBMISSION = 587
PORTS = 65_535
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True)
class Email:
    """A server for mail, who writes to whom, and as whom it is logged in."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    must_encrypt: bool = False
    user: str | None = None
    password: Source | None = None
    keeps_open = False
    takes_many = False

    def send(self, messages: list[Message], now: float) -> Answer:
        """Send one mail."""
        from llmcost.alerts.channels.sending import mail

        (message,) = messages
        login = (self.user, self.password.read()) if self.user and self.password else None
        return mail(Server(self.host, self.port, self.must_encrypt, login), letter(message, self, now))


def letter(message: Message, to: Email, now: float) -> EmailMessage:
    """Write a mail; the same message is the same mail, however often it is sent."""
    from email.message import EmailMessage
    from email.utils import formatdate

    found = EmailMessage()
    found["From"], found["To"] = to.sender, ", ".join(to.recipients)
    found["Subject"] = CONTROL.sub(" ", f"[llmcost] {title(message)}")
    found["Date"] = formatdate(now)
    found["Message-ID"] = f"<{sha256(message['id'].encode()).hexdigest()[:32]}@llmcost>"
    # no answering machine is to answer
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(f"{message['text']}\n\n{message['command']}\n")
    return found


def read(node: Node) -> Email:
    """Read the settings."""
    found = node.mapping({"host", "port", "from", "to", "tls", "user", *keys("password")}, "email")
    user = found["user"].text("user") if "user" in found else None
    password = secret_of(node, found, "password")
    if (user is None) != (password is None):
        raise node.refuse("email: a user has a password, and a password a user", "user: NAME and password_env: NAME")
    must_encrypt = found["tls"].truth("tls") if "tls" in found else False
    return Email(
        required(node, found, "host", "email").text("host"),
        port(found["port"]) if "port" in found else SUBMISSION,
        address(required(node, found, "from", "email"), "from"),
        addresses(required(node, found, "to", "email")),
        must_encrypt,
        user,
        password,
    )


def port(node: Node) -> int:
    """Read the number of a port."""
    number = node.whole("port")
    if not 0 < number <= PORTS:
        raise node.refuse(f"`port: {number}` is no port", f"{SUBMISSION}, or {MAIL_OVER_TLS} with `tls: true`")
    return number


def addresses(node: Node) -> tuple[str, ...]:
    """Read one address or a list of them."""
    if is_plain(node):
        return (address(node, "to"),)
    found = tuple(address(one, "to") for one in node.items("to"))
    if not found:
        raise node.refuse("`to` is empty")
    return found


def address(node: Node, key: str) -> str:
    """Read an address of mail."""
    text = node.text(key)
    if not ADDRESS.fullmatch(text):
        raise node.refuse(f"`{key}` is no address of mail", f"{key}: llmcost@example.org")
    return text
