"""Channels in llmcost.yaml: what is wrong is said with its line, and no secret stands there or is ever shown."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from llmcost.alerts.channels.reading import KINDS
from llmcost.configuration import read_configuration
from llmcost.errors import UsageError
from tests.conftest import ROOT, Run
from tests.logs import write
from tests.receivers import Receiver, mailing
from tests.test_alerts_command import check, spiked

__all__ = ["spiked"]
WRITTEN = json.loads((ROOT / "llmcost" / "llmcost.schema.json").read_text())
SCHEMA = jsonschema.Draft202012Validator(WRITTEN)
SECRET = "T0PSECRET-aB3dE6gH9jK2"
SLACK = f"https://hooks.slack.com/services/T0/B0/{SECRET}"
CLEAR = "`{}` holds a secret, and llmcost.yaml is read by many"
MAIL = "host: mail, from: a@example.org, to: b@example.org"


def text_of(channel: str) -> str:
    return f"alerts:\n  notify:\n    - {channel}\n"


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        (f"{{slack: '{SLACK}'}}", CLEAR.format("url")),
        (f"{{slack: {{url: '{SLACK}'}}}}", CLEAR.format("url")),
        (f"{{slack: {{url_env: '{SLACK}'}}}}", "`url_env` is not the name of a variable"),
        (f"{{webhook: '{SLACK}'}}", CLEAR.format("url")),
        (f"{{webhook: 'https://example.org/x?token={SECRET}'}}", CLEAR.format("url")),
        (f"{{alertmanager: 'http://me:{SECRET}@127.0.0.1:9093'}}", CLEAR.format("url")),
        (f"{{webhook: {{url: 'https://example.org', token: {SECRET}}}}}", CLEAR.format("token")),
        (f"{{pagerduty: {{routing_key: {SECRET}}}}}", CLEAR.format("routing_key")),
        (f"{{email: {{{MAIL}, user: me, password: {SECRET}}}}}", CLEAR.format("password")),
        (f"{{apprise: {{urls: 'tgram://{SECRET}'}}}}", CLEAR.format("urls")),
        (f"{{webhook: 'httq://{SECRET}'}}", "`url` is no address"),
        ("{slack: {url_env: A, url_file: b}}", "`url_env` and `url_file` are two places for one secret"),
        ("{slack: {}}", "slack has no `url_env`"),
        ("{pagerduty: {url: 'https://example.org'}}", "pagerduty has no `routing_key_env`"),
        ("{name: x}", "a channel has no kind"),
        ("{slack: {url_env: A}, webhook: {url_env: A}}", "a channel has several kinds"),
        ("{sms: {url_env: A}}", "unknown key `sms` in a channel"),
        ("{exec: []}", "`exec` is empty"),
        ("{exec: 'page-me --now'}", "exec must be a list"),
        (f"{{email: {{{MAIL}, port: 70000}}}}", "`port: 70000` is no port"),
        (f"{{email: {{{MAIL}, user: me}}}}", "email: a user has a password, and a password a user"),
        ("{email: {host: mail, from: a@example.org, to: you}}", "`to` is no address of mail"),
        ("{exec: [a], severity: fatal}", "`severity: fatal` is none"),
        ("{exec: [a], rules: [cost-spikes]}", "`rules`: there is no rule cost-spikes"),
        ("{exec: [a], name: My channel}", "My channel: a channel is called by small letters"),
        ("{exec: [a]}\n    - {exec: [b]}", "two channels are called exec"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_without_the_secret(tmp_path: Path, channel: str, words: str) -> None:
    line = 4 if "\n" in channel else 3
    with pytest.raises(UsageError, match=re.escape(f"llmcost.yaml:{line}: {words}")) as caught:
        read_configuration(write(tmp_path / "llmcost.yaml", text_of(channel)))

    assert SECRET not in f"{caught.value.message} {caught.value.hint}"


TAKEN = [
    "{slack: {url_env: SLACK_URL}}",
    "{slack: {url_file: /run/secrets/slack}, name: team, rules: [cost-spike], severity: warning}",
    "{alertmanager: 'http://127.0.0.1:9093'}",
    "{alertmanager: {url_env: A, token_file: b, ends_after: 30m}}",
    "{webhook: {url: 'https://example.org/alerts', token_env: T}}",
    "{pagerduty: {routing_key_env: K, url: 'https://events.eu.pagerduty.com'}}",
    f"{{email: {{{MAIL}, port: 465, tls: true, user: me, password_env: P}}}}",
    "{email: {host: mail, from: a@example.org, to: [b@example.org, c@example.org]}}",
    "{exec: [./page-me, --team, search]}",
    "{apprise: {urls_env: APPRISE_URLS}}",
]


@pytest.mark.parametrize("channel", TAKEN)
def test_the_schema_takes_what_the_program_takes(tmp_path: Path, channel: str) -> None:
    (found,) = read_configuration(write(tmp_path / "llmcost.yaml", text_of(channel))).alerts.channels

    assert found.name in (*KINDS, "team")
    assert [] == [error.message for error in SCHEMA.iter_errors(yaml.safe_load(text_of(channel)))]


@pytest.mark.parametrize(
    "channel",
    [
        *("{slack: x}", "{slack: {url: x}}", "{slack: {}}", "{name: x}", "{exec: []}", "{exec: a}", "{sms: {}}"),
        *("{exec: [a], severity: fatal}", "{exec: [a], slack: {url_env: A}}", "{apprise: {urls: x}}"),
    ],
)
def test_the_schema_refuses_what_the_program_refuses(tmp_path: Path, channel: str) -> None:
    assert not SCHEMA.is_valid(yaml.safe_load(text_of(channel)))
    with pytest.raises(UsageError):
        read_configuration(write(tmp_path / "llmcost.yaml", text_of(channel)))


def test_the_schema_knows_every_kind() -> None:
    assert {*KINDS, "name", "rules", "severity"} == WRITTEN["$defs"]["channel"]["properties"].keys()


def test_a_test_says_what_the_receiver_answers(tmp_path: Path, llmcost: Run, receiver: Receiver) -> None:
    write(tmp_path / "llmcost.yaml", text_of(f"{{webhook: '{receiver.url}', name: own}}"))
    done = llmcost("alerts", "test", "own")

    assert (0, "own: sent: answered 200 OK\n", "") == (done.returncode, done.stdout, done.stderr)
    assert ["test"] == [heard.body["event"] for heard in receiver.heard]
    receiver.answers = [(403, {})]
    done = llmcost("alerts", "test", "own")
    assert (1, "", "error: own: not sent: answered 403 Forbidden\n") == (done.returncode, done.stdout, done.stderr)
    done = llmcost("alerts", "test", "ovn")
    assert (2, True) == (done.returncode, "hint: nearest: own; there are own" in done.stderr)


def test_a_check_sends_what_is_new_and_its_exit_code_is_about_alerts(
    spiked: Path, llmcost: Run, receiver: Receiver
) -> None:
    with (spiked / "llmcost.yaml").open("w") as file:
        file.write(f"alerts:\n  rules: {{cost-spike: {{by: key}}}}\n  notify: [{{webhook: '{receiver.url}'}}]\n")
    assert 0 == check(llmcost, 12)[0]
    receiver.answer = lambda _: 503

    code, _, err = check(llmcost, 62)
    assert (1, "webhook: 1 message waits, 1 s at least: answered 503 Service Unavailable") == (
        code,
        next(line for line in err.splitlines() if "webhook" in line),
    )
    assert "webhook: 1 message tried again: answered 503 Service Unavailable" in llmcost("alerts", "list").stderr
    receiver.answer = lambda _: 200
    code, _, err = check(llmcost, 67)
    assert (1, True) == (code, "webhook: 1 message sent" in err)
    assert ["cost-spike/key=search/firing/20260302T1245"] == receiver.ids
    receiver.answer = lambda _: 410
    code, _, err = check(llmcost, 230)
    assert (0, True) == (code, "webhook: 1 message given up: answered 410 Gone" in err)


def test_no_secret_is_in_any_output_or_in_what_is_remembered(spiked: Path, llmcost: Run, receiver: Receiver) -> None:
    secrets = {
        "S": f"{receiver.url}/services/{SECRET}",
        "K": SECRET,
        "W": receiver.url.replace("://", f"://u:{SECRET}@"),
    }
    secrets |= {
        "P": SECRET,
        "T": SECRET,
        "A": f"json://127.0.0.1:{receiver.url[-5:]}/{SECRET}",
        "G": f"http://{SECRET}:99999",
    }
    program = json.dumps([sys.executable, "-c", "import os, sys; print(os.environ['K']); sys.exit(os.environ['K'])"])
    with mailing() as mailbox:
        mailbox.answer = f"450 {SECRET}"
        lines = [
            "slack: {url_env: S}",
            f"pagerduty: {{routing_key_env: K, url: '{receiver.url}'}}",
            "webhook: {url_env: W}",
            "webhook: {url_env: G}, name: gone",
            f"alertmanager: {{url: '{receiver.url}', token_env: T}}",
            f"email: {{{MAIL.replace('mail', '127.0.0.1')}, port: {mailbox.port}, user: u, password_env: P}}",
            f"exec: {program}",
            "apprise: {urls_env: A}",
        ]
        notify = "".join(f"    - {{{line}}}\n" for line in lines)
        write(spiked / "llmcost.yaml", f"alerts:\n  rules: {{cost-spike: {{by: key}}}}\n  notify:\n{notify}")
        receiver.answer = lambda number: (200, 503, 404, 302)[number % 4]
        said = []
        for minutes in (12, 62, 67, 72, 230):
            at = f"2026-03-02T{12 + minutes // 60}:{minutes % 60:02}"
            done = llmcost("alerts", "check", "--pricing", "pricing.local.yaml", "--at", at, "--json", env=secrets)
            said += [done.stdout, done.stderr]
        for name in ("slack", "pagerduty", "webhook", "gone", "alertmanager", "email", "exec", "apprise"):
            done = llmcost("alerts", "test", name, env=secrets)
            said += [done.stdout, done.stderr]
        said += [
            llmcost("alerts", "list", env=secrets).stderr,
            llmcost("alerts", "show", "cost-spike", env=secrets).stdout,
        ]

    assert [] == [text for text in said if SECRET in text or "words of the receiver" in text]
    assert any("wait" in text for text in said)
    assert any("given up" in text for text in said)
    files = [path for path in spiked.rglob("*") if path.is_file() and path.name != "llmcost.yaml"]
    assert "llmcost.duckdb.alerts.sqlite" in [path.name for path in files]
    assert [] == [path.name for path in files if SECRET.encode() in path.read_bytes()]


def test_the_documented_channels_are_valid(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "alerts.md").read_text(), re.DOTALL)
    (text,) = [block for block in blocks if "notify:" in block]

    channels = read_configuration(write(tmp_path / "llmcost.yaml", text)).alerts.channels
    assert ["slack", "alertmanager", "pagerduty", "email", "exec", "own"] == [channel.name for channel in channels]
    assert SCHEMA.is_valid(yaml.safe_load(text))
