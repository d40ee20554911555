"""All that leaves this machine leaves here: over HTTP, by mail, or to a program; and what came of it, in our own words.

What a receiver writes is not repeated: it may hold the secret that it was sent.
"""

from __future__ import annotations

import json
import os
import signal
import smtplib
import ssl
import subprocess
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request

from llmcost.alerts.channels.answer import MAIL_OVER_TLS, Answer, Server, failed
from llmcost.web import LOOPBACK, opener

TIMEOUT_SECONDS = 10
# refused, and yet worth another try
AGAIN = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
LONGEST_ASKED_WAIT = 86_400.0
MOST_BYTES = 1_000_000


def post(url: str, content: Any, headers: Mapping[str, str], now: float) -> Answer:
    """Send JSON. A user and a password in the address become a header."""
    return called(url, json.dumps(content).encode(), headers, now)[0]


def get(url: str, headers: Mapping[str, str], now: float) -> tuple[Answer, Any]:
    """Ask for JSON, and give it beside what came of that; a refusal has some, too, at times."""
    answer, body = called(url, None, headers, now)
    try:
        return answer, json.loads(body)
    except ValueError:
        return failed("answered what is no JSON", is_final=True) if answer.is_sent else answer, None


def called(url: str, body: bytes | None, headers: Mapping[str, str], now: float) -> tuple[Answer, bytes]:
    """Call an address: with a body that is JSON, or without one to ask for it."""
    address, login = without_login(url)
    sent = {"Content-Type": "application/json", "User-Agent": "llmcost", **login, **headers}
    request = Request(address, body, sent, method="GET" if body is None else "POST")
    try:
        with opener(address).open(request, timeout=TIMEOUT_SECONDS) as answer:
            said = Answer(True, f"answered {status(answer.status)}")
            return said, answer.read(MOST_BYTES) if body is None else b""
    except HTTPError as error:
        with error:
            said = refused(error.code, error.headers.get("Retry-After"), now)
            return said, rest_of(error) if body is None else b""
    except (URLError, HTTPException, OSError, ValueError) as error:
        return failed(unreachable(error)), b""


def rest_of(error: HTTPError) -> bytes:
    """Read what a refusal says; it may break off."""
    with suppress(HTTPException, OSError):
        return error.read(MOST_BYTES)
    return b""


def without_login(url: str) -> tuple[str, dict[str, str]]:
    """Take user and password out of an address."""
    parts = urlsplit(url)
    login, _, host = parts.netloc.rpartition("@")
    if not login:
        return url, {}
    return parts._replace(netloc=host).geturl(), {
        "Authorization": f"Basic {b64encode(unquote(login).encode()).decode()}"
    }


def status(code: int) -> str:
    """Write a status with the words that the standard has for it."""
    with suppress(ValueError):
        return f"{code} {HTTPStatus(code).phrase}"
    return str(code)


def refused(code: int, retry_after: str | None, now: float) -> Answer:
    """Say what a status means: what the receiver cannot take, it never can."""
    if 300 <= code < 400:
        return failed(f"answered {status(code)}: it wants to be called elsewhere, where nobody is sent", is_final=True)
    is_final = 400 <= code < 500 and code not in AGAIN
    return failed(f"answered {status(code)}", is_final=is_final, wait=asked_wait(retry_after, now))


def asked_wait(text: str | None, now: float) -> float | None:
    """Read Retry-After: seconds or a date; a day at most."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return min(float(text), LONGEST_ASKED_WAIT)
    try:
        seconds = parsedate_to_datetime(text).timestamp() - now
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_ASKED_WAIT)


def unreachable(error: BaseException) -> str:
    """Say why there is no answer, without the address."""
    inner = getattr(error, "reason", None)
    reason = inner if isinstance(inner, BaseException) else error
    if isinstance(reason, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS} s"
    if isinstance(reason, ssl.SSLError):
        return f"no answer: TLS: {getattr(reason, 'verify_message', '') or reason.reason or 'refused'}"
    words = getattr(reason, "strerror", None)
    return f"no answer: {words or type(reason).__name__}"


def mail(server: Server, letter: EmailMessage) -> Answer:
    """Send a mail."""
    try:
        return handed_over(server, letter)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return failed(f"refused every recipient with {max(codes)}", is_final=min(codes) >= 500)
    except smtplib.SMTPResponseException as error:
        return failed(f"answered {error.smtp_code}", is_final=error.smtp_code >= 500)
    except smtplib.SMTPNotSupportedError:
        return failed("the server takes no user and password, or not these letters")
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return failed(unreachable(error))


def handed_over(server: Server, letter: EmailMessage) -> Answer:
    """Speak to the server; encrypted where it offers that."""
    context = ssl.create_default_context()
    is_encrypted = server.must_encrypt and server.port == MAIL_OVER_TLS
    with (
        smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
        if is_encrypted
        else smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    ) as connection:
        connection.ehlo()
        if not is_encrypted and connection.has_extn("starttls"):
            connection.starttls(context=context)
            is_encrypted = True
        if server.must_encrypt and not is_encrypted:
            return failed("the server offers no encryption, and `tls: true` wants it", is_final=True)
        if server.login and not is_encrypted and server.host not in LOOPBACK:
            return failed("the server offers no encryption, and is given no password without", is_final=True)
        if server.login:
            connection.login(*server.login)
        lost = connection.send_message(letter)
    return Answer(True, f"took it, but not for {len(lost)} of the recipients" if lost else "took it")


def run(argv: Sequence[str], folder: Path, content: Any) -> Answer:
    """Give a line of JSON to a program; whoever it started ends with it when its time is over."""
    try:
        process = subprocess.Popen(
            argv,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return failed(f"cannot be run: {getattr(error, 'strerror', None) or type(error).__name__}")
    try:
        process.communicate(f"{json.dumps(content)}\n".encode(), timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return failed(f"took longer than {TIMEOUT_SECONDS} s, and was ended")
    code = process.returncode
    return Answer(True, "exited with 0") if code == 0 else failed(f"exited with {code}")
