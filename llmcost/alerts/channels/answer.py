"""What came of sending, and where mail is handed over: apart from what sends, which few commands need to import."""

from __future__ import annotations

from dataclasses import dataclass

MAIL_OVER_TLS = 465


@dataclass(frozen=True)
class Answer:
    """What came of sending: whether it arrived, what is said of that; if not, whether it ever can, and when."""

    is_sent: bool
    said: str
    is_final: bool = False
    wait: float | None = None


def failed(said: str, *, is_final: bool = False, wait: float | None = None) -> Answer:
    """Say that it did not arrive."""
    return Answer(False, said, is_final, wait)


@dataclass(frozen=True)
class Server:
    """A server for mail."""

    host: str
    port: int
    must_encrypt: bool
    login: tuple[str, str] | None
