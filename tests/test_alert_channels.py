"""What each channel sends, worked out by hand, and what it makes of the answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path
from typing import Any, cast

import pytest

from llmcost.alerts.channels import sending
from llmcost.alerts.channels.answer import Answer
from llmcost.alerts.channels.channel import Channel
from llmcost.alerts.channels.sending import asked_wait
from llmcost.configuration import read_configuration
from tests.logs import write
from tests.receivers import Mailbox, Receiver, mailing, receiving

# 2026-03-02T12:45:00Z
NOW = 1_772_455_500.0
SECRET = "T0PSECRET-aB3dE6gH9jK2"
MESSAGE: dict[str, Any] = {
    "id": "cost-spike/key=search/firing/20260302T1245",
    "alert": "cost-spike/key=search",
    "rule": "cost-spike",
    "by": "key",
    "name": "search",
    "event": "firing",
    "severity": "critical",
    "at": "2026-03-02T12:45:00Z",
    "since": "2026-03-02T12:30:00Z",
    "value": 9.0,
    "limit": 5.0,
    "baseline": 1.0,
    "text": "key search spent $9.00 in the hour to 2026-03-02 12:45 UTC, over $5.00, where $1.00 is usual",
    "command": "llmcost report cost --by model --where key=search",
}
OVER = {
    **MESSAGE,
    "id": "cost-spike/key=search/resolved/20260302T1400",
    "event": "resolved",
    "at": "2026-03-02T14:00:00Z",
    "text": "cost-spike is over: key search spent $1.00",
}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mailing() as found:
        yield found


def channel(folder: Path, said: str) -> Channel:
    text = f"alerts:\n  notify:\n    - {said}\n"
    (found,) = read_configuration(write(folder / "llmcost.yaml", text)).alerts.channels
    return found


def test_a_webhook_gets_the_message_and_its_id(tmp_path: Path, receiver: Receiver, monkeypatch: Any) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    hook = channel(tmp_path, f"webhook: {{url: '{receiver.url}/alerts', token_env: TOKEN}}")

    assert Answer(True, "answered 200 OK") == hook.send([MESSAGE], NOW)
    (heard,) = receiver.heard
    assert ("/alerts", MESSAGE) == (heard.path, heard.body)
    assert "cost-spike/key=search/firing/20260302T1245" == heard.headers["Idempotency-Key"]
    assert (f"Bearer {SECRET}", "application/json") == (heard.headers["Authorization"], heard.headers["Content-Type"])


def test_a_name_that_no_header_can_hold_is_escaped_in_it(tmp_path: Path, receiver: Receiver) -> None:
    hook = channel(tmp_path, f"webhook: '{receiver.url}'")

    assert hook.send([{**MESSAGE, "id": "x/key=größe\r\nEvil: 1/firing"}], NOW).is_sent
    assert "x/key=gr%C3%B6%C3%9Fe%0D%0AEvil:%201/firing" == receiver.heard[0].headers["Idempotency-Key"]
    assert "x/key=größe\r\nEvil: 1/firing" == receiver.heard[0].body["id"]


def test_slack_gets_a_text_that_calls_nobody(tmp_path: Path, receiver: Receiver, monkeypatch: Any) -> None:
    monkeypatch.setenv("SLACK_URL", f"{receiver.url}/services/T0/B0/{SECRET}")
    slack = channel(tmp_path, "slack: {url_env: SLACK_URL}")
    calling = {**MESSAGE, "text": "key <!channel> & @here spent $9.00"}

    assert [True, True] == [slack.send([message], NOW).is_sent for message in (MESSAGE, calling)]
    assert f"/services/T0/B0/{SECRET}" == receiver.heard[0].path
    assert receiver.heard[0].body == {
        "text": "*critical: cost-spike/key=search*\n"
        "key search spent $9.00 in the hour to 2026-03-02 12:45 UTC, over $5.00, where $1.00 is usual\n"
        "`llmcost report cost --by model --where key=search`"
    }
    assert "key &lt;!channel&gt; &amp; @\u200bhere spent $9.00" == receiver.heard[1].body["text"].splitlines()[1]


def test_alertmanager_gets_labels_that_stay_the_same_and_an_end(tmp_path: Path, receiver: Receiver) -> None:
    manager = channel(tmp_path, f"alertmanager: {{url: '{receiver.url}/', ends_after: 30m}}")

    assert manager.send([MESSAGE, OVER], NOW).is_sent
    (heard,) = receiver.heard
    labels = {
        "alertname": "LlmcostCostSpike",
        "rule": "cost-spike",
        "by": "key",
        "name": "search",
        "severity": "critical",
    }
    command = "llmcost report cost --by model --where key=search"
    assert "/api/v2/alerts" == heard.path
    assert heard.body == [
        {
            "labels": labels,
            "annotations": {"summary": MESSAGE["text"], "command": command},
            "startsAt": "2026-03-02T12:30:00Z",
            "endsAt": "2026-03-02T13:15:00Z",
        },
        {
            "labels": labels,
            "annotations": {"summary": OVER["text"], "command": command},
            "startsAt": "2026-03-02T12:30:00Z",
            "endsAt": "2026-03-02T14:00:00Z",
        },
    ]


def test_pagerduty_opens_an_incident_and_closes_it(tmp_path: Path, receiver: Receiver, monkeypatch: Any) -> None:
    monkeypatch.setenv("PAGER_KEY", SECRET)
    pager = channel(tmp_path, f"pagerduty: {{routing_key_env: PAGER_KEY, url: '{receiver.url}'}}")

    assert [True, True] == [pager.send([message], NOW).is_sent for message in (MESSAGE, OVER)]
    assert ["/v2/enqueue"] * 2 == [heard.path for heard in receiver.heard]
    assert receiver.heard[0].body == {
        "routing_key": SECRET,
        "dedup_key": "cost-spike/key=search",
        "event_action": "trigger",
        "payload": {
            "summary": MESSAGE["text"],
            "source": "llmcost",
            "severity": "critical",
            "timestamp": "2026-03-02T12:45:00Z",
            "component": "search",
            "group": "key",
            "class": "cost-spike",
            "custom_details": {
                "value": 9.0,
                "limit": 5.0,
                "baseline": 1.0,
                "since": "2026-03-02T12:30:00Z",
                "command": "llmcost report cost --by model --where key=search",
            },
        },
    }
    assert receiver.heard[1].body == {
        "routing_key": SECRET,
        "dedup_key": "cost-spike/key=search",
        "event_action": "resolve",
    }


def test_a_mail_is_the_same_mail_however_often_it_is_sent(tmp_path: Path, mailbox: Mailbox) -> None:
    to = "[ops@example.org, b@example.org]"
    email = channel(tmp_path, f"email: {{host: 127.0.0.1, port: {mailbox.port}, from: llmcost@example.org, to: {to}}}")
    named = {**MESSAGE, "alert": "cost-spike/key=a\nBcc: x@example.org"}

    assert [Answer(True, "took it")] * 3 == [email.send([message], NOW) for message in (MESSAGE, MESSAGE, named)]
    first, second, third = (message_from_string(letter) for letter in mailbox.letters)
    assert "[llmcost] critical: cost-spike/key=search" == first["Subject"]
    assert "[llmcost] critical: cost-spike/key=a Bcc: x@example.org" == third["Subject"]
    assert ("llmcost@example.org", "ops@example.org, b@example.org") == (first["From"], first["To"])
    assert ("Mon, 02 Mar 2026 12:45:00 -0000", "auto-generated") == (first["Date"], first["Auto-Submitted"])
    assert first["Message-ID"] == second["Message-ID"]
    # of sha256 of the id
    assert "<64a97f162e6ad54b2782d9dc277ff724@llmcost>" == first["Message-ID"]
    text = bytes(cast(bytes, first.get_payload(decode=True)))
    assert f"{MESSAGE['text']}\n\n{MESSAGE['command']}\n".encode() == text.rstrip() + b"\n"


@pytest.mark.parametrize(
    ("answer", "is_final", "said"),
    [("450 later", False, "refused every recipient with 450"), ("550 never", True, "refused every recipient with 550")],
)
def test_a_mail_that_is_refused_for_now_is_tried_again(
    tmp_path: Path, mailbox: Mailbox, answer: str, is_final: bool, said: str
) -> None:
    mailbox.answer = answer
    email = channel(
        tmp_path, f"email: {{host: 127.0.0.1, port: {mailbox.port}, from: a@example.org, to: b@example.org}}"
    )

    assert Answer(False, said, is_final) == email.send([MESSAGE], NOW)


def test_mail_that_must_be_encrypted_is_not_sent_in_the_clear(
    tmp_path: Path, mailbox: Mailbox, monkeypatch: Any
) -> None:
    monkeypatch.setenv("PASSWORD", SECRET)
    said = f"port: {mailbox.port}, from: a@example.org, to: b@example.org, user: me, password_env: PASSWORD"
    email = channel(tmp_path, f"email: {{host: 127.0.0.1, {said}, tls: true}}")

    assert email.send([MESSAGE], NOW).is_final
    assert [] == mailbox.letters


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here that makes a certificate")
def test_mail_is_encrypted_where_the_server_offers_it(tmp_path: Path, mailbox: Mailbox, monkeypatch: Any) -> None:
    mailbox.certificate = tmp_path / "server.pem"
    making = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    key = ["-keyout", str(mailbox.certificate), "-out", str(tmp_path / "public.pem")]
    subprocess.run([*making.split(), *key], check=True, capture_output=True)
    with mailbox.certificate.open("a") as file:
        file.write((tmp_path / "public.pem").read_text())
    monkeypatch.setenv("PASSWORD", SECRET)
    said = f"port: {mailbox.port}, from: a@example.org, to: b@example.org, user: me, password_env: PASSWORD"
    email = channel(tmp_path, f"email: {{host: localhost, {said}, tls: true}}")

    assert Answer(False, "no answer: TLS: self-signed certificate") == email.send([MESSAGE], NOW)
    assert ([], []) == (mailbox.logins, mailbox.letters)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "public.pem"))
    assert Answer(True, "took it") == email.send([MESSAGE], NOW)
    login = b64encode(f"\0me\0{SECRET}".encode()).decode()
    assert ([f"AUTH PLAIN {login}"], 1) == (mailbox.logins, len(mailbox.letters))


def test_a_program_reads_the_message_and_its_words_are_its_own(tmp_path: Path) -> None:
    program = "import pathlib, sys; pathlib.Path('got').write_text(sys.argv[1] + sys.stdin.read()); print('noise')"
    argv = json.dumps([sys.executable, "-c", program, "$HOME; "])

    assert Answer(True, "exited with 0") == channel(tmp_path, f"exec: {argv}").send([MESSAGE], NOW)
    assert MESSAGE == json.loads((tmp_path / "got").read_text().removeprefix("$HOME; "))


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([sys.executable, "-c", "import sys; sys.exit(7)"], "exited with 7"),
        (["./not-there"], "cannot be run: No such file or directory"),
    ],
)
def test_a_program_that_fails_is_tried_again(tmp_path: Path, argv: list[str], said: str) -> None:
    assert Answer(False, said) == channel(tmp_path, f"exec: {json.dumps(argv)}").send([MESSAGE], NOW)


def test_a_program_that_does_not_end_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.2)
    os.mkfifo(tmp_path / "held")
    held = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
    argv = json.dumps(["sh", "-c", "sleep 60 >held & wait"])

    answer = channel(tmp_path, f"exec: {argv}").send([MESSAGE], NOW)
    assert Answer(False, "took longer than 0.2 s, and was ended") == answer
    # it ends when nobody holds the other end any more
    os.set_blocking(held, True)
    assert b"" == os.read(held, 1)
    os.close(held)


# its own: it imports a module that Python leaves out one day
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_apprise_sends_it_and_says_no_address(
    tmp_path: Path, receiver: Receiver, monkeypatch: Any, caplog: Any
) -> None:
    pytest.importorskip("apprise", reason="apprise is not installed")
    monkeypatch.setenv("URLS", f"{receiver.url.replace('http', 'json')}/{SECRET}")
    apprise = channel(tmp_path, "apprise: {urls_env: URLS}")

    assert Answer(True, "apprise sent it") == apprise.send([MESSAGE], NOW)
    assert ("llmcost: critical: cost-spike/key=search", f"{MESSAGE['text']}\n{MESSAGE['command']}", "failure") == tuple(
        receiver.heard[0].body[key] for key in ("title", "message", "type")
    )
    receiver.answers = [(503, {})]
    assert Answer(False, "apprise could not send it to all") == apprise.send([MESSAGE], NOW)
    monkeypatch.setenv("URLS", f"nothing://{SECRET}")
    assert Answer(False, "apprise cannot read 1 of 1 addresses", True) == apprise.send([MESSAGE], NOW)
    assert "" == caplog.text


def test_without_apprise_it_is_said_what_to_install(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    monkeypatch.setenv("URLS", "json://127.0.0.1")
    answer = channel(tmp_path, "apprise: {urls_env: URLS}").send([MESSAGE], NOW)

    assert Answer(False, "apprise is not installed: pip install 'llmcost-cli[notify]'") == answer


@pytest.mark.parametrize(
    ("code", "headers", "answer"),
    [
        (204, {}, Answer(True, "answered 204 No Content")),
        (400, {}, Answer(False, "answered 400 Bad Request", True)),
        (404, {}, Answer(False, "answered 404 Not Found", True)),
        (408, {}, Answer(False, "answered 408 Request Timeout")),
        (429, {"Retry-After": "120"}, Answer(False, "answered 429 Too Many Requests", False, 120.0)),
        # 60 s after NOW
        (
            503,
            {"Retry-After": "Mon, 02 Mar 2026 12:46:00 GMT"},
            Answer(False, "answered 503 Service Unavailable", False, 60.0),
        ),
        (599, {"Retry-After": "soon"}, Answer(False, "answered 599")),
        (
            307,
            {"Location": "http://127.0.0.1:1/"},
            Answer(
                False, "answered 307 Temporary Redirect: it wants to be called elsewhere, where nobody is sent", True
            ),
        ),
    ],
)
def test_what_an_answer_means(
    tmp_path: Path, receiver: Receiver, code: int, headers: dict[str, str], answer: Answer
) -> None:
    receiver.answers = [(code, headers)]

    assert answer == channel(tmp_path, f"webhook: '{receiver.url}'").send([MESSAGE], NOW)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        ("99999999999", 86_400.0),
        ("-7", None),
        ("Mon, 02 Mar 2026 12:40:00 GMT", 0.0),
        ("Tue, 02 Mar 2027 12:40:00 GMT", 86_400.0),
        ("Mon, 02 Foo 2026", None),
    ],
)
def test_how_long_a_receiver_asks_to_wait(text: str | None, seconds: float | None) -> None:
    assert seconds == asked_wait(text, NOW)


def test_nobody_there_is_said_without_the_address(tmp_path: Path, monkeypatch: Any) -> None:
    with receiving() as gone:
        url = gone.url
    monkeypatch.setenv("URL", f"{url}/{SECRET}")
    hook = channel(tmp_path, "webhook: {url_env: URL}")

    assert Answer(False, "no answer: Connection refused") == hook.send([MESSAGE], NOW)
    monkeypatch.delenv("URL")
    assert Answer(False, "URL is not set") == hook.send([MESSAGE], NOW)
    monkeypatch.setenv("URL", f"httq://{SECRET}")
    assert Answer(False, "URL: no address that begins with http:// or https://") == hook.send([MESSAGE], NOW)


def test_a_receiver_that_does_not_answer_is_not_waited_for(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.2)
    done = threading.Event()
    receiver.answer = lambda _: 200 if done.wait(60) else 500

    assert Answer(False, "no answer within 0.2 s") == channel(tmp_path, f"webhook: '{receiver.url}'").send(
        [MESSAGE], NOW
    )
    done.set()


def test_a_long_id_is_hashed_in_the_header(tmp_path: Path, receiver: Receiver) -> None:
    assert channel(tmp_path, f"webhook: '{receiver.url}'").send([{**MESSAGE, "id": "k" * 256}], NOW).is_sent
    # sha256 of 256 k
    assert (
        "ce16fe78208a4e93f7158e62393680e025b2ad584f4e875ce903a654bb74cf93"
        == receiver.heard[0].headers["Idempotency-Key"]
    )


def test_user_and_password_in_an_address_become_a_header(tmp_path: Path, receiver: Receiver) -> None:
    write(tmp_path / "url", receiver.url.replace("http://", "http://me:pass%2Fword@") + "\n")

    assert channel(tmp_path, "webhook: {url_file: url}").send([MESSAGE], NOW).is_sent
    # base64 of me:pass/word
    assert "Basic bWU6cGFzcy93b3Jk" == receiver.heard[0].headers["Authorization"]
