"""`llmcost check comment`: one comment a pull request, on servers that behave as GitHub and GitLab do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from llmcost.check.comment import MOST, PAGE, UNCHANGED, Posted, fitted, github, marker, number_in, post, same
from llmcost.check.http import Api, wait
from llmcost.errors import InputError, UsageError
from tests.conftest import Completed

TOKEN = "ghs_invented0token"
NEW = f"{marker(None)}\n### llmcost: FAIL: cost per run +50.0%\n"
QUIET = f"{marker(None)}\n{UNCHANGED}\n### llmcost: PASS: cost per run +0.0%\n"
GITHUB = {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": "acme/shop", "GITHUB_REF": "refs/pull/7/merge"}
GITLAB = {"GITLAB_TOKEN": TOKEN, "CI_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "7"}
PROVIDERS = {"github": GITHUB, "gitlab": GITLAB}
# what the process that runs the tests may have of its own
OURS = ("GITHUB_", "GITLAB_", "CI_", "GH_", "RUNNER_")
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
Comment = dict[str, Any]


@dataclass
class Forge:
    """Comments of pull request 7 by id, what was asked of the server, and answers to give first: status, headers."""

    url: str = ""
    comments: dict[int, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    first: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    # as GitHub does where it takes comments of spammers out of a page
    hidden: set[int] = field(default_factory=set)

    def add(self, body: str) -> int:
        self.comments[len(self.comments) + 1] = body
        return len(self.comments)

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: str) -> tuple[int, object]:
        """Answer as both do: numbers of pages, a method for changes each, 201 for what is made."""
        lists = ("/repos/acme/shop/issues/7/comments", "/projects/42/merge_requests/7/notes")
        each = (("PATCH", "/repos/acme/shop/issues/comments/"), ("PUT", "/projects/42/merge_requests/7/notes/"))
        if method == "GET" and path in lists:
            size, page = int(query["per_page"][0]), int(query["page"][0])
            ids = sorted(self.comments)[(page - 1) * size : page * size]
            return 200, [self.shown(one) for one in ids if one not in self.hidden]
        if method == "POST" and path in lists:
            return 201, self.shown(self.add(body))
        for changes, prefix in each:
            found = path.removeprefix(prefix)
            if method == changes and found.isdecimal() and int(found) in self.comments:
                self.comments[int(found)] = body
                return 200, self.shown(int(found))
        return 404, {"message": "Not Found"}

    def shown(self, number: int) -> Comment:
        # GitLab's notes have no address
        return {"id": number, "body": self.comments[number]} | (
            {"html_url": f"https://forge.example/7#{number}"} if any("/repos/" in one for one in self.asked) else {}
        )

    @property
    def written(self) -> list[str]:
        return [one for one in self.asked if not one.startswith("GET")]


@contextmanager
def forge() -> Iterator[Forge]:
    """Serve both APIs on loopback until the block ends."""
    known = Forge()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            split = urlsplit(self.path)
            known.asked.append(f"{self.command} {split.path}")
            known.headers.append({name.lower(): value for name, value in self.headers.items()})
            sent = self.rfile.read(int(self.headers.get("content-length") or 0))
            if known.first:
                return self.give(*known.first.pop(0), {"message": "refused"})
            if TOKEN not in (self.headers.get("private-token"), (self.headers.get("authorization") or "")[7:]):
                return self.give(401, {}, {"message": "Bad credentials"})
            if self.command in known.refused:
                return self.give(403, {}, {"message": "Resource not accessible by integration"})
            body = json.loads(sent)["body"] if sent else ""
            status, content = known.answer(self.command, split.path, parse_qs(split.query), body)
            return self.give(status, {}, content)

        def give(self, status: int, headers: dict[str, str], content: object) -> None:
            text = json.dumps(content).encode()
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_PUT = handle_any

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def bare() -> dict[str, str]:
    """The environment without what a CI, a user or a proxy has put there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS) and name != "CI"}
    return {name: value for name, value in kept.items() if name.lower() not in PROXIES}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with forge() as known:
        yield known


@pytest.fixture(params=["github", "gitlab"])
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def comment(server: Forge, folder: Path, text: str, provider: str, *args: str, **changed: str | None) -> Completed:
    """Run the command as the provider's CI does; `changed` sets or takes away variables."""
    (folder / "comment.md").write_text(text, encoding="utf-8")
    known = {**PROVIDERS.get(provider, {}), "GITHUB_API_URL": server.url, "CI_API_V4_URL": server.url, **changed}
    done = subprocess.run(
        [sys.executable, "-m", "llmcost", "check", "comment", "comment.md", "--provider", provider, *args],
        cwd=folder,
        env={**bare(), **{name: value for name, value in known.items() if value is not None}},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert TOKEN not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "a bug" not in done.stderr
    return done


def github_api(server: Forge) -> Api:
    return Api(server.url, {"Authorization": f"Bearer {TOKEN}"}, pause_seconds=0)


def test_the_first_comment_is_made(server: Forge, tmp_path: Path, provider: str) -> None:
    server.add("Looks good to me.")
    done = comment(server, tmp_path, NEW, provider)

    assert (0, {1: "Looks good to me.", 2: NEW}) == (done.returncode, server.comments)
    assert "comment: created" in done.stderr


def test_the_address_is_all_that_stdout_has(server: Forge, tmp_path: Path) -> None:
    page = "https://lab.example/acme/shop"

    assert "https://forge.example/7#1\n" == comment(server, tmp_path, NEW, "github").stdout
    server.asked.clear()
    assert f"{page}/-/merge_requests/7#note_1\n" == comment(server, tmp_path, NEW, "gitlab", CI_PROJECT_URL=page).stdout


def test_a_comment_on_the_second_page_is_updated_in_its_place(server: Forge, tmp_path: Path, provider: str) -> None:
    for number in range(PAGE + 30):
        server.add(f"remark {number}")
    ours = server.add(QUIET)
    others = {number: body for number, body in server.comments.items() if number != ours}
    done = comment(server, tmp_path, NEW, provider)

    assert (0, {**others, ours: NEW}) == (done.returncode, server.comments)
    assert "comment: updated" in done.stderr


def test_a_page_that_is_short_is_not_the_last(server: Forge, tmp_path: Path, provider: str) -> None:
    for number in range(PAGE):
        server.add(f"remark {number}")
    ours = server.add(QUIET)
    server.hidden = {3}
    comment(server, tmp_path, NEW, provider)

    assert (NEW, PAGE + 1) == (server.comments[ours], len(server.comments))


def test_a_second_run_makes_no_second_comment_and_writes_nothing(server: Forge, tmp_path: Path, provider: str) -> None:
    comment(server, tmp_path, NEW, provider)
    before = list(server.written)
    done = comment(server, tmp_path, NEW, provider)

    assert ({1: NEW}, before) == (server.comments, server.written)
    assert "comment: unchanged" in done.stderr


def test_line_ends_that_a_server_changes_are_no_difference() -> None:
    assert same(NEW.replace("\n", "\r\n").strip(), NEW)


def test_no_change_is_no_comment(server: Forge, tmp_path: Path, provider: str) -> None:
    done = comment(server, tmp_path, QUIET, provider)

    assert (0, "", {}, []) == (done.returncode, done.stdout, server.comments, server.written)


def test_no_change_still_updates_what_is_there(server: Forge, tmp_path: Path, provider: str) -> None:
    ours = server.add(NEW)
    comment(server, tmp_path, QUIET, provider)

    assert {ours: QUIET} == server.comments


def test_the_marker_of_no_change_counts_in_the_second_line_only(server: Forge, tmp_path: Path) -> None:
    comment(server, tmp_path, f"{NEW}{UNCHANGED}\n", "github")

    assert 1 == len(server.comments)


def test_a_comment_that_only_quotes_ours_is_another_s(server: Forge, tmp_path: Path, provider: str) -> None:
    quoted = server.add(f"> {NEW}\nwhy?")
    comment(server, tmp_path, NEW, provider)

    assert {quoted: f"> {NEW}\nwhy?", 2: NEW} == server.comments


def test_checks_with_a_key_have_a_comment_each(server: Forge, tmp_path: Path, provider: str) -> None:
    for key in ("eval", "eval slow"):
        comment(server, tmp_path, NEW, provider, "--key", key)
    comment(server, tmp_path, NEW, provider)
    comment(server, tmp_path, QUIET, provider, "--key", "eval")

    assert [f"<!-- llmcost:check{key} -->" for key in (" eval", " eval slow", "")] == [
        body.partition("\n")[0] for body in server.comments.values()
    ]
    assert UNCHANGED in server.comments[1]


@pytest.mark.parametrize("key", ["a -->", "a--b", "-a", "a\nb", " ", "<!--"])
def test_a_key_that_would_end_the_marker_is_refused(key: str) -> None:
    with pytest.raises(UsageError):
        marker(key)


def test_each_provider_gets_its_headers(server: Forge, tmp_path: Path) -> None:
    comment(server, tmp_path, NEW, "github")
    comment(server, tmp_path, NEW, "gitlab")
    first, last = server.headers[0], server.headers[-1]

    assert (f"Bearer {TOKEN}", "2022-11-28") == (first["authorization"], first["x-github-api-version"])
    assert (TOKEN, None) == (last["private-token"], last.get("authorization"))


def test_gh_token_stands_in_where_there_is_no_other(server: Forge, tmp_path: Path) -> None:
    done = comment(server, tmp_path, NEW, "github", GITHUB_TOKEN=None, GH_TOKEN=TOKEN)

    assert (0, {1: NEW}) == (done.returncode, server.comments)


@pytest.mark.parametrize(
    ("event", "number"),
    [
        ({"pull_request": {"number": 7}}, 7),
        ({"issue": {"number": 7, "pull_request": {}}}, 7),
        ({"issue": {"number": 7}}, None),
        ({"ref": "refs/heads/main"}, None),
        ([], None),
        ("", None),
    ],
)
def test_the_event_names_the_pull_request(event: object, number: int | None) -> None:
    assert number == number_in(json.dumps(event) if event != "" else "")


def test_the_event_and_the_options_come_before_the_branch(server: Forge, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text('{"pull_request": {"number": 7}}', encoding="utf-8")
    event = str(tmp_path / "event.json")
    other = {"GITHUB_REF": "refs/pull/9/merge"}

    assert 0 == comment(server, tmp_path, NEW, "github", **other, GITHUB_EVENT_PATH=event).returncode
    assert 0 == comment(server, tmp_path, NEW, "github", "--number", "7", **other).returncode
    assert 3 == comment(server, tmp_path, NEW, "github", **other).returncode


def test_a_project_may_be_named_by_its_path(server: Forge, tmp_path: Path) -> None:
    comment(server, tmp_path, NEW, "gitlab", "--repo", "acme/shop", "--number", "7")

    assert ["GET /projects/acme%2Fshop/merge_requests/7/notes"] == server.asked


@pytest.mark.parametrize(
    ("provider", "changed", "words"),
    [
        ("github", {"GITHUB_TOKEN": None}, ("no GITHUB_TOKEN", "pull-requests: write")),
        ("github", {"GITHUB_TOKEN": " "}, ("no GITHUB_TOKEN", "pull-requests: write")),
        ("github", {"GITHUB_TOKEN": f"{TOKEN}\nX-Other: 1"}, ("GITHUB_TOKEN is not a token",)),
        ("github", {"GITHUB_REF": "refs/heads/main"}, ("not a pull request", "--number")),
        ("github", {"GITHUB_REPOSITORY": None}, ("OWNER/NAME is needed",)),
        ("github", {"GITHUB_REPOSITORY": "../shop"}, ("OWNER/NAME is needed",)),
        ("github", {"GITHUB_API_URL": "http://forge.example"}, ("only https",)),
        ("github", {"GITHUB_API_URL": "api.github.com"}, ("api.github.com: not the address of an API",)),
        ("github", {"GITHUB_API_URL": "https://"}, ("not the address of an API", "GITHUB_API_URL")),
        ("github", {"GITHUB_API_URL": "https://[::1"}, ("not the address of an API",)),
        ("github", {"GITHUB_API_URL": "https://forge.example:port"}, ("not the address of an API",)),
        ("github", {"GITHUB_API_URL": "https://forge.example:99999"}, ("not the address of an API",)),
        ("github", {"GITHUB_API_URL": "https://forge example"}, ("not the address of an API",)),
        ("github", {"GITHUB_API_URL": f"https://me:{TOKEN}@forge.example"}, ("not the address of an API",)),
        ("gitlab", {"CI_API_V4_URL": "file:///etc/passwd"}, ("not the address of an API", "CI_API_V4_URL")),
        ("gitlab", {"GITLAB_TOKEN": None}, ("no GITLAB_TOKEN", "scope api")),
        ("gitlab", {"CI_MERGE_REQUEST_IID": None}, ("not a merge request",)),
        ("gitlab", {"CI_MERGE_REQUEST_IID": "7/../8"}, ("7/../8: not the number",)),
        ("gitea", {}, ("--provider gitea: not known", "github, gitlab")),
    ],
)
def test_what_is_missing_is_named(
    server: Forge, tmp_path: Path, provider: str, changed: dict[str, str | None], words: tuple[str, ...]
) -> None:
    done = comment(server, tmp_path, NEW, provider, **changed)

    assert (2, "", []) == (done.returncode, done.stdout, server.asked)
    assert [] == [word for word in words if word not in done.stderr]


def test_only_what_check_wrote_is_posted(server: Forge, tmp_path: Path) -> None:
    assert (3, []) == (comment(server, tmp_path, "# Notes\n", "github").returncode, server.asked)


def test_a_wrong_token_is_refused_and_said(server: Forge, tmp_path: Path, provider: str) -> None:
    done = comment(server, tmp_path, NEW, provider, GITHUB_TOKEN="wrong", GITLAB_TOKEN="wrong")

    assert (3, 1, {}) == (done.returncode, len(server.asked), server.comments)
    assert "127.0.0.1 refuses the comment: 401" in done.stderr


def test_a_token_that_may_only_read_as_a_fork_s_is_said(server: Forge, tmp_path: Path, provider: str) -> None:
    server.refused = {"POST", "PUT", "PATCH"}
    done = comment(server, tmp_path, NEW, provider)

    assert (3, {}) == (done.returncode, server.comments)
    assert "refuses the comment: 403" in done.stderr
    assert "fork" in done.stderr


def test_a_pull_request_that_there_is_not_is_said(server: Forge, tmp_path: Path, provider: str) -> None:
    done = comment(server, tmp_path, NEW, provider, "--number", "8")

    assert 3 == done.returncode
    assert "refuses the comment: 404" in done.stderr


@pytest.mark.parametrize("trouble", [(429, {"Retry-After": "0"}), (500, {}), (503, {"Retry-After": "0"})])
def test_a_server_in_trouble_is_asked_again(server: Forge, trouble: tuple[int, dict[str, str]]) -> None:
    server.first = [trouble, trouble]

    assert "created" == post(github_api(server), github("acme/shop", 7), NEW).done
    assert {1: NEW} == server.comments


def test_a_wait_is_as_long_as_asked_but_bearable() -> None:
    assert [2.0, 30.0, 0.5, 0.5] == [wait(asked, 0.5) for asked in ("2", "9999", None, "soon")]


def test_an_api_does_not_show_its_token(server: Forge) -> None:
    assert TOKEN not in repr(github_api(server))


def test_three_times_is_enough(server: Forge) -> None:
    server.first = [(500, {})] * 3
    with pytest.raises(InputError, match="500"):
        post(github_api(server), github("acme/shop", 7), NEW)

    assert 3 == len(server.asked)


def test_what_was_refused_is_not_asked_again(server: Forge) -> None:
    server.first = [(422, {})]
    with pytest.raises(InputError, match="422"):
        post(github_api(server), github("acme/shop", 7), NEW)

    assert 1 == len(server.asked)


def test_the_token_follows_no_redirect(server: Forge, tmp_path: Path) -> None:
    with forge() as other:
        server.first = [(302, {"Location": f"{other.url}/repos/acme/shop/issues/7/comments"})]
        done = comment(server, tmp_path, NEW, "github")

    assert (3, []) == (done.returncode, other.asked)


@pytest.mark.parametrize("variable", [*PROXIES, *(name.upper() for name in PROXIES)])
def test_a_proxy_gets_no_token_that_goes_to_this_machine(server: Forge, tmp_path: Path, variable: str) -> None:
    with forge() as proxy:
        done = comment(server, tmp_path, NEW, "github", **{variable: proxy.url})

    assert (0, []) == (done.returncode, proxy.asked)
    assert [] != server.asked


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with forge() as gone:
        pass
    done = comment(gone, tmp_path, NEW, "github")

    assert 3 == done.returncode
    assert "127.0.0.1 does not answer" in done.stderr
    assert "refused" in done.stderr


def test_an_answer_that_is_no_list_is_refused(server: Forge) -> None:
    server.first = [(200, {})]
    with pytest.raises(InputError, match="not a list of comments"):
        post(github_api(server), github("acme/shop", 7), NEW)


def test_what_is_too_long_is_cut_at_a_line_and_closed() -> None:
    rows = "".join(f"| case-{number} | $0.01 |\n" for number in range(MOST["github"] // 10))
    cut = fitted(f"{NEW}<details><summary>All</summary>\n\n{rows}\n</details>\n", MOST["github"])

    assert len(cut) <= 65_536
    assert cut.startswith(NEW)
    assert 1 == cut.count("</details>")
    assert "... cut" in cut
    # a row is whole or not there
    assert {"| $0.01 |"} == {line[-9:] for line in cut.splitlines() if line.startswith("| case-")}


def test_a_long_comment_finds_itself_again(server: Forge, tmp_path: Path) -> None:
    text = NEW + "a line of many\n" * 10_000
    made = comment(server, tmp_path, text, "github")
    again = comment(server, tmp_path, text, "github")

    assert (0, 0, 1) == (made.returncode, again.returncode, len(server.comments))
    assert "comment: unchanged" in again.stderr


def test_a_comment_without_an_address_has_none(server: Forge) -> None:
    assert Posted("silent", None) == post(github_api(server), github("acme/shop", 7), QUIET)
