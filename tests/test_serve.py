"""What the served page answers: to whom, what of which requests, and when it is computed."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest

from llmcost.cli.watch.served import serving
from llmcost.errors import UsageError
from llmcost.report.budget import Budget
from llmcost.watch.serve import shared
from llmcost.watch.serve.address import Address, read_address
from llmcost.watch.serve.asked import RANGES, read_asked
from llmcost.watch.serve.guard import Guard
from llmcost.watch.serve.server import ALWAYS, MOST_CONNECTIONS, Server
from llmcost.watch.serve.site import Reply
from tests.conftest import Run
from tests.logs import write, write_log
from tests.served import Served
from tests.test_follow import PATIENCE, held
from tests.test_html import Cells, embedded
from tests.test_watch_snapshot import BOOK, NOW, SETTINGS, spent

TOKEN = "a-token-of-enough-characters"
ODD = 'it\'s, a *star* \\ 50% "x"'


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dollar of `search` and `chat` without a price today, one of an odd name two days ago; nothing more comes."""
    found = Served(tmp_path_factory.mktemp("known"))
    found.read(
        spent(1, NOW - timedelta(minutes=30), api_key_alias="search"),
        spent(2, NOW - timedelta(hours=3), api_key_alias="chat", request_model="n"),
        spent(1, NOW - timedelta(days=2), api_key_alias=ODD),
    )
    yield found
    found.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dollar of `search` of half an hour ago, to which each test adds names of its own."""
    found = Served(tmp_path_factory.mktemp("served"), names=())
    found.read(spent(1, NOW - timedelta(minutes=30), api_key_alias="search"))
    yield found
    found.close()


def page(served: Served, query: str = "", **headers: str) -> str:
    reply = served.get(f"/part{query}", **headers)
    assert 200 == reply.status, reply.body
    return reply.body.decode()


def table(text: str, name: str) -> list[list[Any]]:
    return next(each["rows"] for each in embedded(text)["tables"] if each["id"] == name)


def keys(text: str) -> list[Any]:
    return sorted(row[0] for row in table(text, "cost-key") if row[0] is not None)


def refusal(served: Served, target: str, **headers: str) -> tuple[int, str]:
    reply = served.get(target, **headers)
    return reply.status, reply.body.decode()


@pytest.mark.parametrize(
    ("query", "since", "until", "where"),
    [
        ("", "2026-03-01T12:00", None, ()),
        ("range=1h", "2026-03-02T11:02", None, ()),
        ("range=7d&key=search&key=chat", "2026-02-23T12:00", None, ("key=search", "key=chat")),
        ("range=30d&model=", "2026-01-31T12:00", None, ("model=",)),
        # of Berlin, an hour ahead
        ("since=2026-02-27&until=2026-03-01T10:00", "2026-02-26T23:00", "2026-03-01T09:00", ()),
        ("range=custom&until=2d", None, "2026-02-28T12:02", ()),
        (urlencode({"key": ODD}), "2026-03-01T12:00", None, ('key=it\'s\\, a \\*star\\* \\\\ 50% "x"',)),
    ],
)
def test_a_range_and_names_choose_the_requests(
    query: str, since: str | None, until: str | None, where: tuple[str, ...]
) -> None:
    found = read_asked(query).filters(("team=a",), NOW, ZoneInfo("Europe/Berlin"))
    ends = [end and f"{end:%Y-%m-%dT%H:%M}" for end in (found.since, found.until)]

    assert ([since, until], ("team=a", *where)) == (ends, found.where)


def test_a_range_of_ones_own_is_asked_for_with_its_zone(known: Served) -> None:
    assert 'value="2026-03-01T12:30"> UTC</label>' in page(known, "?since=2026-03-01&until=2026-03-01T12:30")


def test_what_is_only_of_some_requests_says_of_which(tmp_path: Path) -> None:
    budgets = (Budget(None, None, "day", Decimal(20)),)
    some = Served(tmp_path, replace(SETTINGS, where=("key=Search", "model=m"), budgets=budgets))
    some.read(
        spent(1, NOW - timedelta(minutes=30), api_key_alias="Search"),
        spent(2, NOW - timedelta(minutes=30), api_key_alias="chat"),
    )
    text = page(some)
    some.close()

    assert "Requests where key=Search and model=m: last hour $1.00" in text
    assert "They are of requests where key=Search and model=m." in text
    assert "ll requests: last hour" not in text


def test_a_page_of_names_has_the_requests_of_them_alone(known: Served) -> None:
    both, nothing = page(known, "?range=7d&key=search&key=chat"), page(known, "?key=search&model=n")

    assert (["chat", "search"], False) == (keys(both), "cost-key" in nothing)
    assert "nothing: no request has" in nothing


def test_a_page_of_a_name_has_the_numbers_that_the_report_has(known: Served, llmcost: Run) -> None:
    write(known.folder / "book.yaml", BOOK)
    text = page(known, f"?{urlencode({'range': '7d', 'key': ODD})}")
    since = RANGES["7d"].begin(NOW)
    escaped = ODD.replace("\\", "\\\\").replace(",", "\\,").replace("*", "\\*")
    told = llmcost(
        *("report", "overview", "--where", f"key={escaped}", "--since", since.isoformat()),
        *("--pricing", "book.yaml", "-f", "json"),
        cwd=known.folder,
    )
    report = json.loads(told.stdout)
    columns = next(each["columns"] for each in embedded(text)["tables"] if each["id"] == "overview")

    assert [[row[column] for column in columns] for row in report["rows"]] == json.loads(
        json.dumps(table(text, "overview"), default=float)
    )
    assert [1] == [row["cost_usd"] for row in report["rows"]]


def test_a_name_leads_to_the_page_of_it_alone(known: Served) -> None:
    text = page(known, "?range=7d&model=m")

    assert '<a href="?range=7d&amp;model=m&amp;key=search">search</a>' in text
    assert f'<a href="?range=7d&amp;model=m&amp;{urlencode({"key": ODD})}">' in text
    assert '<a href="?range=7d" data-name="model: m">' in text
    assert '<a href="?range=1h&amp;model=m">1 hour</a>' in text


def test_what_is_known_is_not_sent_again_until_something_is_other(served: Served) -> None:
    first = served.get()
    tag = first.headers["ETag"]
    same = served.get(if_none_match=tag)
    served.read(spent(5, api_key_alias="other"))
    new = served.get(if_none_match=tag)

    assert (304, b"", tag) == (same.status, same.body, same.headers["ETag"])
    assert {"other"} == {*keys(new.body.decode())} - {*keys(first.body.decode())}


def test_a_range_goes_on_with_time_where_nothing_is_written(known: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Reply] = []
    for minutes in (0, 0.5, 40):
        monkeypatch.setattr(known, "now", NOW + timedelta(minutes=minutes))
        tag = found[0].headers["ETag"] if found else ""
        found.append(known.get("/part?range=1h", if_none_match=tag))

    assert [200, 304, 200] == [reply.status for reply in found]
    assert ["30 min old", "30 min old", "70 min old"] == [reply.headers["Llmcost-Age"] for reply in found]
    assert "the store ends" in found[-1].body.decode()


def test_all_who_look_share_one_computation_and_nobody_makes_none(served: Served) -> None:
    before = served.shared.number
    served.read(spent(1))
    nobody = served.shared.number
    threads = [Thread(target=served.get, args=("/part?range=7d",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (0, 1) == (nobody - before, served.shared.number - before)


def test_while_another_is_computed_what_was_known_is_shown(served: Served) -> None:
    page(served)
    served.read(spent(1, api_key_alias="meanwhile"))
    with served.shared.one:
        shown = keys(page(served))

    assert (False, True) == ("meanwhile" in shown, "meanwhile" in keys(page(served)))


def test_after_a_computation_there_is_a_rest_so_that_pages_take_a_part_of_one_core(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    # by the clock from second 0 to 1, in which two processors work: 2 / 0.4 is 5
    seconds = iter([(0, 0), (1, 2), (4.9, 2), (5.1, 2), (5.1, 2), (5.1, 2)])
    monkeypatch.setattr(served.shared, "timer", lambda: next(seconds))
    page(served, "?range=30d")
    served.read(spent(1, api_key_alias="rested"))
    rested, then = (keys(page(served, "?range=30d")) for _ in range(2))
    served.shared.rested = 0

    assert (False, True) == ("rested" in rested, "rested" in then)


def test_while_another_process_has_the_store_what_was_known_is_shown(known: Served) -> None:
    before = page(known)
    known.tell(looks=100)
    with held(known.source.db):
        during, unknown = page(known), refusal(known, "/part?key=other")

    assert before == during
    assert (503, True) == (unknown[0], "the store is locked" in unknown[1])


def test_the_pages_that_were_asked_for_last_are_kept(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MOST", 1)
    for key in ("search", "none"):
        page(served, f"?range=1h&key={key}")

    assert ["none"] == [asked.names[0][1] for asked in served.shared.kept]


def test_what_keeps_data_from_being_newer_is_said(served: Served) -> None:
    tag = served.get().headers["ETag"]
    served.tell("the store is locked by another")
    waiting = page(served, if_none_match=tag)
    served.tell()

    assert "waiting: the store is locked by another" in waiting
    assert 304 == served.get(if_none_match=tag).status


def test_before_the_first_look_there_is_a_page_without_numbers(tmp_path: Path) -> None:
    served = Served(tmp_path)
    text = page(served)

    assert ("reading ..." in text, 400) == (True, served.get("/part?range=x").status)
    assert [] == embedded(text)["tables"]
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("range=2h", "range=2h: no such range"),
        ("range=custom", "range=custom: no such range"),
        ("range=1h&since=2026-01-01", "range=1h: no such range"),
        ("since=noon", "noon: not a date"),
        ("since=2026-03-02&until=2026-03-01", "since=2026-03-02 is not before until=2026-03-01"),
        ("range=1h&range=7d", "range: said twice"),
        ("where=cost_usd>0", "where: no such parameter"),
        ("key=" + "x" * 1001, "key: no name has this"),
        ("key=a%00b", "key: no name has this"),
        ("&".join(["key=a"] * 21), "the address is not made of"),
        ("nonsense", "the address is not made of"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_hint(known: Served, query: str, what: str) -> None:
    status, said = refusal(known, f"/part?{query}")

    assert (400, True, True) == (status, said.startswith(what), "\nhint: " in said), said


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_a_page_is_only_read(known: Served, method: str) -> None:
    reply = known.get("/", method)

    assert (405, "GET, HEAD") == (reply.status, reply.headers["Allow"])


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8765", 200),
        ("LOCALHOST", 200),
        ("127.0.0.1:9000", 200),
        ("[::1]:8765", 200),
        ("evil.example", 421),
        ("evil.example:8765", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.0.2.1:8765", 421),
        ("", 421),
        ("localhost:8765@evil.example", 421),
    ],
)
def test_a_name_that_is_not_this_machines_is_refused(known: Served, host: str, status: int) -> None:
    assert status == known.get(host=host).status


def test_where_others_reach_it_every_number_is_its_own_and_no_other_name(tmp_path: Path) -> None:
    served = Served(tmp_path, guard=Guard(frozenset({"box"}), TOKEN, has_any_number=True))
    hosts = ("192.0.2.1:8765", "[2001:db8::1]:8765", "box:8765", "evil.example:8765")

    assert [401, 401, 401, 421] == [served.get(host=host).status for host in hosts]


def test_another_site_may_lead_here_and_ask_for_nothing(known: Served) -> None:
    asks = known.get("/part", sec_fetch_site="cross-site", sec_fetch_mode="no-cors")
    leads = known.get("/", sec_fetch_site="cross-site", sec_fetch_mode="navigate")

    assert (403, 200) == (asks.status, leads.status)


def test_a_token_opens_the_page_and_leaves_the_address(tmp_path: Path) -> None:
    served = Served(tmp_path, guard=Guard(token=TOKEN, port=8765))
    given = served.get(f"/?range=7d&token={TOKEN}&key=a%26b")
    cookie = given.headers["Set-Cookie"].partition(";")

    assert (303, "/?range=7d&key=a%26b") == (given.status, given.headers["Location"])
    assert ("; Path=/; HttpOnly; SameSite=Strict", False) == (";" + cookie[2], TOKEN in cookie[0])
    assert 200 == served.get("/", cookie=f"other=1; {cookie[0]}").status
    assert 200 == served.get("/", authorization=f"Bearer {TOKEN}").status


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"cookie": f"llmcost_8765={TOKEN}"},
        {"cookie": "llmcost_8765="},
        {"authorization": "Bearer "},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": f"Bearer {TOKEN}x"},
    ],
)
def test_without_the_token_nothing_is_shown(tmp_path: Path, headers: dict[str, str]) -> None:
    served = Served(tmp_path, guard=Guard(token=TOKEN, port=8765))

    assert [401, 401] == [served.get(target, **headers).status for target in ("/", "/?token=wrong")]


def test_no_page_but_one(known: Served) -> None:
    assert [404, 404] == [known.get(target).status for target in ("/etc/passwd", "/part/..")]


def test_every_answer_is_kept_by_nobody_and_loads_nothing(known: Served) -> None:
    port = int(known.listen().rstrip("/").rpartition(":")[2])
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    found = []
    for method, target in (("GET", "/"), ("HEAD", "/"), ("GET", "/part"), ("GET", "/none"), ("DELETE", "/")):
        connection.request(method, target)
        answer = connection.getresponse()
        body = answer.read()
        found.append((answer.status, bool(body)))
        assert ALWAYS.items() <= dict(answer.getheaders()).items()
        policy = str(answer.getheader("Content-Security-Policy"))
        assert "default-src 'none'; " in policy
        assert "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" in policy
    connection.close()

    assert [(200, True), (200, False), (200, True), (404, True), (405, True)] == found


def asked(place: str, request: bytes) -> bytes:
    """Send bytes to the server, and give all that it answers."""
    url = urlsplit(place)
    with socket.create_connection((str(url.hostname), url.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET http://[::1/ HTTP/1.1", 400),
        ("GET /?token=0123456789abcdef and more HTTP/1.1", 400),
        ("GET / HTTP/4.0", 505),
        (f"GET /{'a' * 70_000} HTTP/1.1", 414),
        (f"GET / HTTP/1.1\r\nX: {'a' * 70_000}", 431),
        ("GET / HTTP/1.1\r\n" + "X: y\r\n" * 200, 431),
        ("GET / HTTP/1.1\r\nHost: evil.example", 421),
    ],
)
def test_what_is_no_request_is_refused_in_plain_words_and_not_repeated(
    tmp_path: Path, request_line: str, status: int
) -> None:
    made = Served(tmp_path)

    answer = asked(made.listen(), f"{request_line}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    made.close()

    head, _, body = answer.decode().partition("\r\n\r\n")
    assert f"HTTP/1.1 {status} " in head
    assert "Content-Security-Policy: default-src 'none'" in head
    assert "text/plain" in head
    assert not {"html", "0123456789abcdef", "bug"} & set(re.findall(r"[a-z0-9]+", f"{head.splitlines()[0]} {body}"))


def test_who_asks_for_nothing_keeps_nobody_out(tmp_path: Path) -> None:
    # the head of a request that has no end, on as many connections as there may be and one
    made = Served(tmp_path)
    made.read(spent(1))
    place = made.listen()
    url = urlsplit(place)
    with ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS + 1):
            one = stack.enter_context(socket.create_connection((str(url.hostname), url.port), timeout=10))
            one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")

        answer = asked(place, b"GET /part HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    made.close()

    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_port_that_is_taken_is_a_refusal_with_a_hint() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as refused:
            Server(Address("127.0.0.1", port))

    assert f"--serve 127.0.0.1:{port}: address already in use" == refused.value.message
    assert f"--serve=127.0.0.1:{port + 1}, or end what has it" == refused.value.hint


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8765", Address("127.0.0.1", 8765)),
        ("[::1]:90", Address("::1", 90)),
        (":90", Address("127.0.0.1", 90)),
        ("90", Address("127.0.0.1", 90)),
        ("localhost", Address("localhost", 8765)),
    ],
)
def test_an_address_may_be_shorter(text: str, address: Address) -> None:
    assert address == read_address(text)


@pytest.mark.parametrize("text", ["", "a/b", "x:y", "127.0.0.1:65536", "http://127.0.0.1:80"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not an address"):
        read_address(text)


def test_what_was_asked_can_be_written_and_read_again() -> None:
    asked = read_asked(urlencode([("since", "2026-03-01T10:00"), ("key", ODD), ("model", "ü & ?")]))

    assert asked == read_asked(asked.query)


def test_the_command_serves_says_where_and_ends_with_a_signal(tmp_path: Path) -> None:
    write(tmp_path / "book.yaml", BOOK)
    write_log(tmp_path / "a.jsonl", [spent(1, api_key_alias="search")])
    command = [sys.executable, "-m", "llmcost", "watch", "--pricing", "book.yaml", "a.jsonl", "--serve=0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        said, first = process.stderr.readline(), process.stdout.readline()
        with urlopen(f"{said.split()[1]}part?since=2026-03-01", timeout=PATIENCE) as answer:
            text = answer.read().decode()
        process.send_signal(signal.SIGTERM)
        rest, err = process.communicate(timeout=PATIENCE)

    assert said.startswith("page: http://127.0.0.1:")
    assert first.endswith(" old\n")
    assert ["search", "1"] == next(row for row in Cells(text).rows if row[0] == "search")[:2]
    assert (0, "", "") == (process.returncode, rest, err)


@pytest.mark.parametrize(
    ("words", "env", "what"),
    [
        (("--once", "--serve"), {}, "--serve goes without --once"),
        (("--serve", "logs/"), {}, "--serve logs/: not an address"),
        (("--serve=no-such-name.invalid",), {}, "no-such-name.invalid is no name of this machine"),
        (("--serve=0",), {"LLMCOST_WATCH_TOKEN": "short"}, "LLMCOST_WATCH_TOKEN: too short to be a secret"),
    ],
)
def test_what_cannot_be_served_is_refused(
    tmp_path: Path, llmcost: Run, words: tuple[str, ...], env: dict[str, str], what: str
) -> None:
    done = llmcost("watch", *words, env=env)

    assert (2, True) == (done.returncode, what in done.stderr), done.stderr
    assert [] == list(tmp_path.iterdir())


def test_what_others_reach_needs_a_token_that_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    served = Served(tmp_path)
    serve = serving("0.0.0.0:0", served.source, SETTINGS, served.clock)
    said = capsys.readouterr().err.splitlines()
    place, _, token = said[0].removeprefix("page: ").partition("?token=")
    with serve.during(served.newest):
        statuses = [status_of(place, headers) for headers in ({}, {"Authorization": f"Bearer {token}"})]

    assert ([401, 200], True) == (statuses, len(token) >= 32)
    assert ["what is served is not encrypted: between machines a tunnel or a proxy does that"] == said[1:]
    assert "" == capsys.readouterr().err


def status_of(place: str, headers: dict[str, str]) -> int:
    connection = HTTPConnection("127.0.0.1", int(place.rstrip("/").rpartition(":")[2]), timeout=PATIENCE)
    connection.request("GET", "/", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status
