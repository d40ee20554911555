"""`llmcost ingest --agents`: the logs of coding agents in a home folder that is invented."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from llmcost.ingest import ingest
from llmcost.ingest.agents import USUAL, Agent, agents, find_agents, homes_of
from llmcost.pricing import Book
from llmcost.report import coverage
from llmcost.store import Store
from tests.conftest import FIXTURES, Run

# a file of each agent, and the fixture that stands there
HOME = {
    ".claude/projects/-srv-shop/session.jsonl": "claude_code.jsonl",
    ".claude/projects/-srv-shop/session/subagents/one.jsonl": "claude_code.jsonl",
    ".claude/settings.json": None,
    ".codex/sessions/2026/06/01/rollout-1.jsonl": "codex.jsonl",
    ".gemini/tmp/invented/chats/session-1.json": "gemini_cli-session.json",
    ".gemini/tmp/invented/chats/session-2.jsonl": "gemini_cli.jsonl",
    ".gemini/tmp/invented/logs.json": None,
    ".qwen/projects/-srv-shop/chats/one.jsonl": "qwen_code.jsonl",
    ".local/share/opencode/storage/message/ses_invented1/msg_invented1.json": "opencode-export.json",
    ".config/Cursor/User/globalStorage/state.vscdb": None,
    ".cline/data/sessions/one/one.messages.json": "cline_session.json",
    ".config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1/ui_messages.json": "cline.json",
    ".vscode-server/data/User/globalStorage/rooveterinaryinc.roo-cline/tasks/1/ui_messages.json": "cline-roo.json",
    ".copilot/session-state/one/events.jsonl": "copilot_cli.jsonl",
    ".kimi/sessions/one/two/wire.jsonl": "kimi.jsonl",
    ".kimi-code/sessions/one/two/agents/main/wire.jsonl": "kimi-code.jsonl",
    ".pi/agent/sessions/--srv-shop--/one.jsonl": "pi.jsonl",
    ".openclaw/agents/main/sessions/one.jsonl": "pi.jsonl",
    ".local/share/amp/threads/T-invented-1.json": "amp.json",
    ".factory/sessions/-srv-shop/one.settings.json": "droid.json",
    ".local/share/goose/sessions/one.jsonl": "goose-session.jsonl",
    ".local/share/kilo/kilo.db": "opencode-rows.json",
}


def fill(home: Path, files: dict[str, str | None] = HOME) -> dict[str, str]:
    """Put fixtures where agents keep their logs; gives the variables of a shell there."""
    for name, fixture in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FIXTURES / fixture, home / name) if fixture else (home / name).write_text("{}", encoding="utf-8")
    return shell(home)


def shell(home: Path) -> dict[str, str]:
    """Give the variables of a shell in which no agent was told to keep its logs elsewhere."""
    named = {agent.variable: "" for agent in agents() if agent.variable}
    return {**named, **dict.fromkeys(USUAL, ""), "HOME": str(home)}


def test_each_agent_is_found_where_it_keeps_its_logs(tmp_path: Path) -> None:
    found = find_agents(fill(tmp_path))

    assert {agent.agent for agent in agents()} == {item.agent for item in found}
    assert sum(fixture is not None for fixture in HOME.values()) == sum(item.files for item in found)
    assert [str(tmp_path / ".config/Cursor/User/globalStorage/state.vscdb")] == [
        file for item in found for file in item.unread
    ]


@pytest.mark.parametrize(
    ("variables", "homes"),
    [
        ({}, ["/home/x/.agent"]),
        ({"AGENT_HOME": ""}, ["/home/x/.agent"]),
        ({"AGENT_HOME": "/a, ~/b,/a"}, ["/a", "/home/x/b"]),
        ({"AGENT_HOME": "/a[1]"}, ["/a[[]1]"]),
    ],
)
def test_a_variable_names_one_folder_or_several(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], homes: list[str]
) -> None:
    monkeypatch.setattr("glob.glob", lambda path: [path])
    agent = Agent("agent", ["~/.agent"], ["*"], variable="AGENT_HOME")

    assert homes == homes_of(agent, {"HOME": "/home/x", **variables})


def test_folders_of_xdg_stand_elsewhere_where_the_variables_say_so(tmp_path: Path) -> None:
    fill(tmp_path, {"data/amp/threads/T-invented-1.json": "amp.json", "config/claude/projects/a/b.jsonl": "pi.jsonl"})
    variables = {"HOME": str(tmp_path), "XDG_DATA_HOME": f"{tmp_path}/data", "XDG_CONFIG_HOME": f"{tmp_path}/config"}

    assert ["Claude Code", "Amp"] == [found.agent for found in find_agents(variables)]


def test_what_is_found_is_said_and_read(llmcost: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"

    done = llmcost("ingest", "--agents", env=fill(home))

    assert 0 == done.returncode
    assert f"Claude Code: 2 files in {home}/.claude" in done.stderr
    assert "state.vscdb is a database and is not read; it counts few tokens" in done.stderr
    assert "claude_code 2, cline 2, cline_session 1, codex 1, copilot_cli 1" in done.stdout


def test_a_report_reads_what_agents_keep_without_a_store(llmcost: Run, tmp_path: Path) -> None:
    done = llmcost("report", "cost", "--agents", "--by", "gateway", "-f", "csv", env=fill(tmp_path / "home"))

    assert 0 == done.returncode
    assert "Claude Code: 2 files" in done.stderr
    assert any(line.startswith("claude_code,") for line in done.stdout.splitlines())
    assert not (tmp_path / "llmcost.duckdb").exists()


def test_what_agents_cost_is_what_an_api_would_ask(store: Store, book: Book, tmp_path: Path) -> None:
    """Every request that is found so may be covered by a subscription, whichever agent made it."""
    fill(tmp_path)
    ingest(store, [str(tmp_path / name) for name, fixture in HOME.items() if fixture])
    covered = coverage(store.price(book).scope())

    assert store.value("select count(distinct gateway) from requests") > 10
    assert store.value("select count(*) from requests") == covered.agent_requests == covered.requests


def test_nothing_found_and_nothing_asked_for_are_told_apart(llmcost: Run, tmp_path: Path) -> None:
    found, asked = llmcost("ingest", "--agents", env=shell(tmp_path / "empty")), llmcost("ingest")

    assert (3, True) == (found.returncode, "no logs of coding agents where they usually are" in found.stderr)
    assert (2, True) == (asked.returncode, "nothing to read" in asked.stderr)
