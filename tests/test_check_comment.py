"""A comment is made once and kept up to date, and the token goes to its server and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from llmcost.check.api import Api, wait
from llmcost.check.comment import CUT, UNCHANGED, Posted, fitted, github, gitlab, marker, number_in, post
from llmcost.errors import InputError, UsageError
from tests.api_server import TOKEN, Pull, serving
from tests.conftest import Completed, Run

TARGETS = {"github": github("o/r", 7), "gitlab": gitlab("42", 7)}
FIRST, SECOND = (f"{marker(None)}\n### llmcost: {text}\n" for text in ("FAIL", "PASS"))


@pytest.fixture
def pull() -> Iterator[Pull]:
    with serving(Pull()) as served:
        yield served


def api(pull: Pull, token: str = TOKEN) -> Api:
    return Api(pull.url, {"Authorization": f"Bearer {token}", "PRIVATE-TOKEN": token}, pause_seconds=0.01)


@pytest.mark.parametrize("provider", TARGETS)
def test_a_comment_is_made_once_and_then_updated_in_place(pull: Pull, provider: str) -> None:
    done = [post(api(pull), TARGETS[provider], text).done for text in (FIRST, FIRST, SECOND)]

    assert (["created", "unchanged", "updated"], [SECOND]) == (done, pull.bodies)


@pytest.mark.parametrize("provider", TARGETS)
def test_a_comment_on_the_second_page_is_found_and_others_stay(pull: Pull, provider: str) -> None:
    others = [f"comment {number}: see {marker(None)}" for number in range(100)]
    pull.bodies = [*others, marker("nightly") + "\nanother check", FIRST]

    assert "updated" == post(api(pull), TARGETS[provider], SECOND).done
    assert [*others, marker("nightly") + "\nanother check", SECOND] == pull.bodies


def test_where_nothing_changed_no_comment_is_made_but_an_old_one_is_updated(pull: Pull) -> None:
    quiet = f"{marker(None)}\n{UNCHANGED}\n### llmcost: PASS\n"

    assert (Posted("silent", None), []) == (post(api(pull), TARGETS["github"], quiet), pull.bodies)
    pull.bodies = [FIRST]
    assert ("updated", [quiet]) == (post(api(pull), TARGETS["github"], quiet).done, pull.bodies)


def test_a_server_that_is_busy_is_asked_again_as_it_says(pull: Pull) -> None:
    pull.first = [(429, {"Retry-After": "0"}), (503, {})]

    assert "created" == post(api(pull), TARGETS["github"], FIRST).done
    assert (3, 1) == (sum(line.startswith("GET") for line in pull.asked), len(pull.bodies))
    assert [2.0, 30.0, 0.5, 0.5] == [wait(asked, 0.5) for asked in ("2", "9999", None, "soon")]


@pytest.mark.parametrize(
    ("code", "words"), [(403, "pull-requests: write"), (404, "may the token see it"), (500, "summary")]
)
def test_a_server_that_refuses_is_quoted_with_a_hint(pull: Pull, code: int, words: str) -> None:
    pull.first = [(code, {})] * 3

    with pytest.raises(InputError) as refused:
        post(api(pull), TARGETS["github"], FIRST)

    assert f"127.0.0.1 refuses the comment: {code}" == refused.value.message
    assert words in refused.value.hint


def test_no_other_server_gets_the_token(pull: Pull) -> None:
    with serving(Pull()) as other:
        pull.first = [(302, {"Location": f"{other.url}/repos/o/r/issues/7/comments?per_page=100&page=1"})]
        with pytest.raises(InputError, match="refuses the comment: 302"):
            post(api(pull), TARGETS["github"], FIRST)

        assert [] == other.asked
    with pytest.raises(UsageError, match="only https is safe"):
        Api("http://example.org", {})
    assert TOKEN not in repr(api(pull))


def test_a_comment_that_is_too_long_is_cut_at_a_line_and_closed() -> None:
    text = f"{marker(None)}\n<details>\n" + "| a case | $1 |\n" * 9_000 + "</details>\n"
    cut = fitted(text, 65_000)

    assert text == fitted(text, len(text))
    assert len(cut) < 65_536
    assert cut.endswith("| a case | $1 |\n\n</details>" + CUT)


def test_a_number_is_read_from_an_event() -> None:
    events = [{"pull_request": {"number": 7}}, {"issue": {"number": 8}}, {"push": {}}]

    assert [7, 8, None] == [number_in(json.dumps(event)) for event in events]


CI = ("GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "GITHUB_EVENT_PATH", "GITHUB_REF", "GITLAB_CI")


def run(llmcost: Run, tmp_path: Path, *args: str, text: str = FIRST, **env: str) -> Completed:
    (tmp_path / "comment.md").write_text(text, encoding="utf-8")
    none = dict.fromkeys(
        ("GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "GITHUB_EVENT_PATH", "GITHUB_REF", "GITLAB_CI"), ""
    )
    return llmcost("check", "comment", "comment.md", *args, env={**none, **env})


def test_in_an_action_everything_is_known(llmcost: Run, tmp_path: Path, pull: Pull) -> None:
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 7}}), encoding="utf-8")
    known = {"GITHUB_API_URL": pull.url, "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": TOKEN}
    made = run(llmcost, tmp_path, **known, GITHUB_EVENT_PATH="event.json")
    again = run(llmcost, tmp_path, "--key", "nightly", **known, GITHUB_REF="refs/pull/7/merge")

    assert (0, "https://example.org/c/0\n", "comment: created\n") == (made.returncode, made.stdout, made.stderr)
    assert 0 == again.returncode
    assert [FIRST, FIRST.replace(marker(None), marker("nightly"))] == pull.bodies


def test_in_a_pipeline_of_gitlab_too(llmcost: Run, tmp_path: Path, pull: Pull) -> None:
    known = {"CI_API_V4_URL": pull.url, "CI_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "7"}
    done = run(llmcost, tmp_path, "--provider", "gitlab", GITLAB_TOKEN=TOKEN, **known)

    assert (0, [FIRST]) == (done.returncode, pull.bodies)


@pytest.mark.parametrize(
    ("args", "env", "code", "words"),
    [
        (("--provider", "gitea"), {}, 2, "--provider gitea: not known"),
        ((), {}, 2, "OWNER/NAME is needed"),
        (("--repo", "o/r"), {}, 2, "this is no pull request"),
        (("--repo", "o/r", "--number", "7"), {}, 2, "there is no GITHUB_TOKEN"),
        (("--repo", "o/r", "--number", "7"), {"GITHUB_TOKEN": "a\nb"}, 2, "GITHUB_TOKEN is no token"),
        (("--repo", "o/r", "--number", "7"), {"GITHUB_TOKEN": "wrong"}, 3, "refuses the comment: 401"),
        (("--provider", "gitlab"), {}, 2, "this is no merge request"),
    ],
)
def test_what_is_missing_is_said_and_the_token_is_not(
    llmcost: Run, tmp_path: Path, pull: Pull, args: tuple[str, ...], env: dict[str, str], code: int, words: str
) -> None:
    none = {"GITHUB_REPOSITORY": "", "CI_PROJECT_ID": "", "GITHUB_API_URL": pull.url}
    done = run(llmcost, tmp_path, *args, **none, **env)

    assert (code, "") == (done.returncode, done.stdout)
    assert words in done.stderr
    assert "hint: " in done.stderr
    assert not [token for token in env.values() if token in done.stderr]


def test_a_server_that_is_not_there_is_named(llmcost: Run, tmp_path: Path) -> None:
    known = {"GITHUB_API_URL": "http://127.0.0.1:9", "GITHUB_TOKEN": TOKEN}
    done = run(llmcost, tmp_path, "--repo", "o/r", "--number", "7", **known)

    assert 3 == done.returncode
    assert "error: 127.0.0.1 does not answer: " in done.stderr


def test_another_file_is_not_posted(llmcost: Run, tmp_path: Path) -> None:
    done = run(llmcost, tmp_path, text="# Notes\n")

    assert (3, True) == (done.returncode, "comment.md: not of `llmcost check -f md`" in done.stderr)
