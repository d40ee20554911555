"""action.yml, its steps run by bash as a runner does: a planted increase fails, an unchanged suite passes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmcost.check.comment import UNCHANGED, marker
from tests.api_server import TOKEN, Pull, serving
from tests.conftest import ROOT, Run

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SUITES = ROOT / "tests" / "suites"
EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")


@dataclass
class Job:
    """What ran: the code of the first step that failed, what was printed, the outputs, the summary."""

    code: int = 0
    printed: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""


def resolved(text: str, known: Mapping[str, str]) -> str:
    """Put values in the place of expressions; one that is not known here is a mistake."""
    return EXPRESSION.sub(lambda found: known[found[1]], text)


def run_action(folder: Path, env: Mapping[str, str], **inputs: str) -> Job:
    """Run the steps but the one that installs: llmcost is installed here."""
    defaults = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
    given = defaults | {name.replace("_", "-"): value for name, value in inputs.items()}
    event = env.get("GITHUB_EVENT_NAME", "push")
    known = {"github.event_name": event, "github.token": TOKEN, "github.action_path": str(ROOT)}
    known |= {f"inputs.{name}": resolved(value, known) for name, value in given.items()}
    files = {name: folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    temp = folder / "temp"
    temp.mkdir(exist_ok=True)
    for file in files.values():
        file.unlink(missing_ok=True)
    job = Job()
    for step in STEPS[1:]:
        outputs = read_outputs(files["GITHUB_OUTPUT"])
        known |= {f"steps.check.outputs.{name}": value for name, value in outputs.items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=folder,
            env={
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "GITHUB_ACTIONS": "true",
                "RUNNER_TEMP": str(temp),
                **{name: str(file) for name, file in files.items()},
                **env,
                **{name: resolved(value, known) for name, value in step["env"].items()},
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        job.printed += done.stdout + done.stderr
        if done.returncode:
            job.code = done.returncode
            break
    job.outputs = read_outputs(files["GITHUB_OUTPUT"])
    summary = files["GITHUB_STEP_SUMMARY"]
    job.summary = summary.read_text(encoding="utf-8") if summary.exists() else ""
    return job


def read_outputs(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def repository(tmp_path: Path, llmcost: Run) -> Path:
    """A folder with a baseline of the suite, as a repository has it."""
    done = llmcost("baseline", "create", SUITES / "before.jsonl")

    assert 0 == done.returncode
    return tmp_path


@pytest.fixture
def pull() -> Iterator[Pull]:
    with serving(Pull()) as served:
        yield served


def of_pull(pull: Pull, folder: Path) -> dict[str, str]:
    event = folder / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}), encoding="utf-8")
    return {
        **{"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(event)},
        **{"GITHUB_API_URL": pull.url, "GITHUB_REPOSITORY": "o/r"},
    }


def test_an_unchanged_suite_passes(repository: Path) -> None:
    job = run_action(repository, {}, traces=str(SUITES / "unchanged.jsonl"))

    assert (0, "pass") == (job.code, job.outputs["verdict"])
    assert job.summary.startswith(marker(None))


def test_a_planted_increase_fails_and_is_told_everywhere(repository: Path, pull: Pull) -> None:
    job = run_action(repository, of_pull(pull, repository), traces=str(SUITES / "after.jsonl"))
    report = Path(job.outputs["report-path"])

    assert (1, "fail") == (job.code, job.outputs["verdict"])
    assert 45 < float(job.outputs["ci-low"]) < 50 < float(job.outputs["ci-high"]) < 55
    assert "::error title=llmcost check::cost per run +" in job.printed
    assert [job.summary] == pull.bodies
    assert {"comment.md", "check.json", "junit.xml"} == {file.name for file in report.iterdir()}
    assert TOKEN not in job.printed


def test_the_job_need_not_fail(repository: Path) -> None:
    job = run_action(repository, {}, traces=str(SUITES / "after.jsonl"), fail="false")

    assert (0, "fail") == (job.code, job.outputs["verdict"])


@pytest.mark.parametrize(("comment", "comments"), [("on-change", 0), ("always", 1), ("never", 0)])
def test_a_check_that_saw_no_change_is_silent_but_where_asked(
    repository: Path, pull: Pull, comment: str, comments: int
) -> None:
    job = run_action(repository, of_pull(pull, repository), traces=str(SUITES / "unchanged.jsonl"), comment=comment)

    assert (0, comments) == (job.code, len(pull.bodies))


def test_a_token_that_may_not_comment_fails_nothing(repository: Path, pull: Pull) -> None:
    for suite, code in (("unchanged", 0), ("after", 1)):
        pull.first = [(403, {})]
        job = run_action(repository, of_pull(pull, repository), traces=str(SUITES / f"{suite}.jsonl"), comment="always")

        assert (code, []) == (job.code, pull.bodies)
        assert "::notice title=llmcost check::no comment could be posted" in job.printed


def test_a_change_that_is_mended_updates_its_comment(repository: Path, pull: Pull) -> None:
    for suite in ("after", "unchanged"):
        run_action(repository, of_pull(pull, repository), traces=str(SUITES / f"{suite}.jsonl"))

    assert 1 == len(pull.bodies)
    assert pull.bodies[0].startswith(f"{marker(None)}\n{UNCHANGED}\n### llmcost: PASS")


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"traces": "none.jsonl"}, 3),
        ({"baseline": "none.json"}, 2),
        ({"traces": " "}, 2),
        ({"max_increase": "much"}, 2),
        ({"comment": "sometimes"}, 2),
        # a misspelt flag must not let an increase pass
        ({"traces": str(SUITES / "after.jsonl"), "fail": "yes"}, 2),
        ({"strict": "on"}, 2),
    ],
    ids=str,
)
def test_what_cannot_be_checked_fails_whatever_is_asked(repository: Path, inputs: dict[str, str], code: int) -> None:
    job = run_action(repository, {}, **{"traces": str(SUITES / "unchanged.jsonl"), "fail": "false", **inputs})

    assert (code, None) == (job.code, job.outputs.get("verdict"))


def test_inputs_are_words_and_never_code(repository: Path) -> None:
    hostile = f"{SUITES / 'unchanged.jsonl'}\n$(touch owned) `touch owned`; touch owned"
    job = run_action(repository, {}, traces=hostile, args="--max-increase $(touch${IFS}owned)")

    assert 0 != job.code
    assert not (repository / "owned").exists()


def test_other_inputs_reach_the_command(repository: Path) -> None:
    for name in ("before", "unchanged", "after"):
        shutil.copy(SUITES / f"{name}.jsonl", repository)
    loose = run_action(repository, {}, traces="after.jsonl", max_increase="60%", baseline="", against="before.jsonl")

    assert (0, "pass") == (loose.code, loose.outputs["verdict"])
    assert 1 == run_action(repository, {}, traces="afte*.jsonl").code
    assert 0 == run_action(repository, {}, traces="after.jsonl", min_increase_usd="9").code
    assert 1 == run_action(repository, {}, traces="unchanged.jsonl", args="--max-total-usd\n 0.0001").code


@pytest.mark.slow
def test_the_job_keeps_its_own_python_and_gets_llmcost(tmp_path: Path) -> None:
    file, env = tmp_path / "path", {"RUNNER_TEMP": str(tmp_path), "GITHUB_PATH": str(tmp_path / "path")}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", STEPS[0]["run"]],
        env={**os.environ, **env, "ACTION_PATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    added = Path(file.read_text(encoding="utf-8").strip())
    said = subprocess.run([added / "llmcost", "--help"], capture_output=True, text=True)

    assert (0, ["llmcost"], 0) == (done.returncode, [one.name for one in added.iterdir()], said.returncode)


def documented(kind: str) -> Any:
    """Give the first block of the documentation that holds a word."""
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"), re.DOTALL)
    return yaml.safe_load(next(block for block in blocks if kind in block))


def test_the_documentation_has_every_input_and_output_and_asks_for_no_other() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    used = documented("uses: ./tools/llmcost")["jobs"]["cost"]["steps"][-1]["with"]

    assert [] == [name for name in (*ACTION["inputs"], *ACTION["outputs"]) if f"`{name}`" not in page]
    assert set(used) <= set(ACTION["inputs"])


@pytest.mark.parametrize(("suite", "code"), [("unchanged", 0), ("after", 1)])
def test_the_pipeline_of_the_documentation_comments_and_fails(
    repository: Path, pull: Pull, suite: str, code: int
) -> None:
    (repository / "traces").mkdir()
    shutil.copy(SUITES / f"{suite}.jsonl", repository / "traces")
    # installing and the tests that make the traces are the reader's
    script = "\n".join(documented("artifacts:")["llmcost"]["script"][2:])
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=repository,
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            **{"CI_API_V4_URL": pull.url, "CI_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "7", "GITLAB_TOKEN": TOKEN},
        },
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert (code, code) == (done.returncode, len(pull.bodies)), done.stderr
    assert (repository / "llmcost.xml").is_file()


def test_no_expression_stands_in_a_script() -> None:
    assert [] == [step["name"] for step in STEPS if "${{" in step["run"]]
    assert "Install llmcost" == STEPS[0]["name"]


def test_a_teams_configuration_counts_in_the_action(repository: Path) -> None:
    (repository / "llmcost.yaml").write_text("check: {max_increase: 60%}\n", encoding="utf-8")
    job = run_action(repository, {}, traces=str(SUITES / "after.jsonl"))

    assert (0, "pass") == (job.code, job.outputs["verdict"])
