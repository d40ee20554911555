"""`llmcost mcp`, asked by the SDK's own client over stdin and stdout of a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.cli import guarded
from llmcost.ingest import ingest
from llmcost.store import Store
from tests.conftest import Run
from tests.logs import full_request, write_log
from tests.spoken import SECRET

pytest.importorskip("mcp", reason="the extra llmcost-cli[mcp] is not installed")

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

TOOLS = {"report", "why", "detect", "savings", "show", "sql"}
MOST = 5
# gpt-4o: 3,000 tokens in at $2.5 and 5 out at $10 for 1M
EACH = Decimal("0.00755")
Ask = Callable[..., dict[str, Any]]
Refusal = Callable[..., str]


def served(portal: BlockingPortal, folder: Path, *words: str) -> Any:
    """Start the server as an assistant would, in a folder."""
    args = ["-m", "llmcost", "mcp", *words]
    server = StdioServerParameters(command=sys.executable, args=args, cwd=folder)
    return portal.wrap_async_context_manager(Client(server))


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of twelve requests at noon of as many days, each of a user of its own."""
    path = tmp_path_factory.mktemp("mcp")
    requests = [full_request(n, datetime(2026, 10, n + 1, 12, tzinfo=UTC), user_id=f"u{n:02}") for n in range(12)]
    with Store(path / "llmcost.duckdb") as store:
        ingest(store, [str(write_log(path / "log.jsonl", requests))])
    return path


@pytest.fixture(scope="module")
def client(portal: BlockingPortal, folder: Path) -> Iterator[Client]:
    with served(portal, folder, "--max-rows", str(MOST)) as found:
        yield found


@pytest.fixture(scope="module")
def ask(portal: BlockingPortal, client: Client) -> Ask:
    def asked(tool: str, **arguments: Any) -> dict[str, Any]:
        result = portal.call(client.call_tool, tool, arguments)
        text = result.content[0].text
        assert not result.is_error, text
        found: dict[str, Any] = json.loads(text, parse_float=Decimal)
        return found

    return asked


@pytest.fixture(scope="module")
def refusal(portal: BlockingPortal, client: Client) -> Refusal:
    def refused(tool: str, **arguments: Any) -> str:
        result = portal.call(client.call_tool, tool, arguments)
        assert result.is_error
        assert "Traceback" not in result.content[0].text
        return str(result.content[0].text)

    return refused


def test_the_tools_are_there_and_say_that_they_only_read(portal: BlockingPortal, client: Client) -> None:
    tools = portal.call(client.list_tools).tools

    assert {tool.name for tool in tools} == TOOLS
    assert all(tool.description and tool.annotations and tool.annotations.read_only_hint for tool in tools)
    assert [] == [
        (tool.name, name)
        for tool in tools
        for name, schema in tool.input_schema["properties"].items()
        if "description" not in schema
    ]


def test_a_report_is_that_of_the_command_line(ask: Ask, llmcost: Run, folder: Path) -> None:
    found = ask("report", view="cost", by=["model"], since="2026-10-03")
    printed = llmcost("report", "cost", "--by", "model", "--since", "2026-10-03", "-f", "json", cwd=folder).stdout

    assert json.loads(printed, parse_float=Decimal) == {
        key: value for key, value in found.items() if key not in ("more_rows", "notes")
    }
    assert 10 * EACH == found["totals"]["cost_usd"]
    assert "coverage: 10 of 10 requests have a cost (100.0%)" in found["notes"]


def test_rows_are_bounded_and_the_others_are_one_or_counted(ask: Ask) -> None:
    users, days = ask("report", by=["user"]), ask("report", by=["user"], over="day")
    requests, rows = ask("report", view="requests", top=3), ask("sql", query="select request_id from scope")

    # four by themselves and eight as one
    assert (MOST, "other (8)", 8 * EACH) == (
        len(users["rows"]),
        users["rows"][-1]["user"],
        users["rows"][-1]["cost_usd"],
    )
    assert (0, 0) == (users["more_rows"], days["rows"][0]["requests"] - 1)
    # twelve days of four users and the others
    assert (MOST, 12 * 5 - MOST) == (len(days["rows"]), days["more_rows"])
    assert (3, 9) == (len(requests["rows"]), requests["more_rows"])
    assert (MOST, 12 - MOST) == (len(rows["rows"]), rows["more_rows"])


def test_what_changed_what_was_waste_and_one_request(ask: Ask) -> None:
    why = ask("why", since="2026-10-09", until="2026-10-13", compare="2026-10-01..2026-10-05")
    savings, found = ask("savings", until="2026-10-05"), ask("detect", detector="duplicates")
    shown = ask("show", request_id="r3")

    assert ("ticket-router", EACH) == (why["rows"][0]["key"], round(why["rows"][0]["now_per_day_usd"], 9))
    assert ("spend", 4, 4 * EACH) == tuple(savings["rows"][0][name] for name in ("line", "requests", "remaining_usd"))
    assert ("detect", []) == (found["command"], found["rows"])
    (request,) = shown["requests"]
    assert (EACH, 2) == (request["cost_usd"], len(request["charges"]))
    # where its record is, and nothing of it
    assert {"file", "format", "found_by", "reason"} == set(request["source"])


def test_a_query_sees_costs_and_the_zone_that_is_asked_for(ask: Ask) -> None:
    found = ask("sql", query="select hour, cost_usd from scope", where=["user=u00"], tz="Europe/Berlin")

    assert [{"hour": "2026-10-01T14:00+02:00", "cost_usd": EACH}] == found["rows"]


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("sql", {"query": "delete from requests"}, "delete: only queries are run"),
        ("sql", {"query": "select 1; select 2"}, "one statement is run, not 2"),
        ("sql", {"query": "from read_text('/etc/hostname')"}, "file system operations are disabled"),
        ("sql", {"query": "from '/etc/hostname'"}, "hint: "),
        ("sql", {"query": "copy (select 1) to 'x.csv'"}, "copy: only queries are run"),
        ("sql", {"query": "install httpfs"}, "only queries are run"),
        ("sql", {"query": "@log.jsonl"}, "a query is given as text"),
        ("sql", {"query": "-"}, "a query is given as text"),
        ("sql", {"query": "selec 1"}, "syntax error"),
        ("report", {"view": "log.jsonl"}, "log.jsonl: no such view (hint: views: "),
        ("report", {"by": ["colour"]}, "colour: no such column"),
        ("report", {"top": 0}, "--top 0: not a number of groups"),
        ("report", {"where": ["colour=red"]}, "colour: no such column"),
        ("report", {"since": "someday"}, "someday"),
        ("report", {"by": "model"}, "valid list"),
        ("why", {"by": ["tag"]}, "--by tag: a request has several tags"),
        ("detect", {"detector": "--explain"}, "--explain: no such detector"),
        ("show", {"request_id": "nobody"}, "nobody: no such request"),
    ],
)
def test_what_cannot_be_is_an_error_of_the_tool_in_plain_words(
    refusal: Refusal, folder: Path, tool: str, arguments: dict[str, Any], says: str
) -> None:
    assert says in refusal(tool, **arguments)
    assert {"llmcost.duckdb", "log.jsonl"} == {file.name for file in folder.iterdir()}


def test_an_error_is_no_end(ask: Ask, refusal: Refusal) -> None:
    refusal("sql", query="selec 1")

    assert [{"one": 1}] == ask("sql", query="select 1 as one")["rows"]


def test_a_query_that_takes_too_long_is_stopped(portal: BlockingPortal, folder: Path) -> None:
    slow = "select count(*) from range(100_000_000) a, range(1_000_000) b where a.range * b.range % 7 = 3"
    with served(portal, folder, "--timeout", "0.5") as client:
        result = portal.call(client.call_tool, "sql", {"query": slow})

    assert result.is_error
    assert "the query takes longer than 0.5 s" in result.content[0].text


def test_others_may_write_to_the_store_between_two_questions(
    portal: BlockingPortal, llmcost: Run, tmp_path: Path
) -> None:
    log = write_log(tmp_path / "log.jsonl", [full_request(1, datetime(2026, 10, 1, tzinfo=UTC))])
    counted = {"query": "select count(*) as n from scope"}
    with served(portal, tmp_path) as client:
        first = portal.call(client.call_tool, "sql", counted)
        read = llmcost("ingest", log)
        second = portal.call(client.call_tool, "sql", counted)

    assert first.is_error and "llmcost.duckdb: no such store" in first.content[0].text
    assert 0 == read.returncode, read.stderr
    assert [{"n": 1}] == json.loads(second.content[0].text)["rows"]


def test_nothing_that_was_said_is_in_any_answer(portal: BlockingPortal, said: Path) -> None:
    with Store(said, read_only=True) as store:
        ids = [id for (id,) in store.rows("select request_id from requests order by request_id limit 20")]
        tables = [name for (name,) in store.rows("select table_name from duckdb_tables() where not internal")]
    with served(portal, said.parent, "--db", said.name, "--max-rows", "1000") as client:
        answers = [
            portal.call(client.call_tool, tool, arguments)
            for tool, arguments in [
                *((tool, {}) for tool in ("report", "why", "savings", "detect")),
                ("report", {"view": "requests", "by": ["user", "team", "project", "session"], "top": 999}),
                *(("show", {"request_id": id}) for id in ids),
                *(("sql", {"query": f"from {name}"}) for name in ("scope", "dimensions", "rejects", *tables)),
            ]
        ]

    texts = [answer.content[0].text for answer in answers]
    assert 20 < sum(not answer.is_error for answer in answers)
    assert [] == [text for text in texts if SECRET in text]


def test_without_the_library_it_is_said_how_it_comes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("llmcost.cli.mcp.run.find_spec", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["llmcost", "mcp"])

    assert 2 == guarded()
    assert "error: mcp is not installed\nhint: pip install 'llmcost-cli[mcp]'\n" == capsys.readouterr().err


def test_a_bug_is_named_by_its_place_alone() -> None:
    from mcp.server.mcpserver.exceptions import ToolError

    from llmcost.cli.mcp.answers import answer

    nothing: dict[str, int] = {}
    with pytest.raises(ToolError, match=r"^a bug in llmcost: KeyError at ") as caught:
        answer(lambda: nothing["what a log says"], 1)
    assert "what a log says" not in str(caught.value)
