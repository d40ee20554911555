"""`llmcost check comment FILE`: what `check -f md` wrote, posted to its pull request."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote

from llmcost.check.comment import Target, github, gitlab, marker, number_in, post
from llmcost.check.http import Api
from llmcost.cli.check.options import CommentOptions
from llmcost.cli.notes import note
from llmcost.errors import InputError, UsageError
from llmcost.pricing.nearest import among

WRITES = "`llmcost check ... -f md -o FILE` writes it"
PROVIDERS = ("github", "gitlab")
GITHUB, GITLAB = "https://api.github.com", "https://gitlab.com/api/v4"


def run_comment(files: tuple[str, ...], options: CommentOptions) -> int:
    """Post a file. Raises UsageError where it is not said where, InputError where the server refuses."""
    if len(files) != 1:
        raise UsageError("check comment takes one file", hint="llmcost check comment comment.md --provider github")
    comment = read_comment(Path(files[0]), options.key)
    chosen = options.provider or ("gitlab" if os.environ.get("GITLAB_CI") else "github")
    if chosen not in PROVIDERS:
        raise UsageError(f"--provider {chosen}: not known", hint=among(chosen, PROVIDERS))
    target_of = github_target if chosen == "github" else gitlab_target
    target = target_of(options.repo, options.number)
    posted = post(api_of(chosen), target, comment)
    if posted.url:
        print(posted.url)
    words = {"silent": "nothing changed, and there is no comment to update"}
    note(f"comment: {words.get(posted.done, posted.done)}")
    return 0


def read_comment(file: Path, key: str | None) -> str:
    """Read the file. Raises InputError where `check -f md` did not write it."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise InputError(f"{file}: cannot be read: {reason}", hint=WRITES) from error
    first, _, rest = text.partition("\n")
    if not first.startswith(marker(None).removesuffix(" -->")):
        raise InputError(f"{file}: not of `llmcost check -f md`", hint=WRITES)
    return f"{marker(key)}\n{rest}" if key else text


def api_of(provider: str) -> Api:
    """Take the server and the token from the environment. Raises UsageError without a token."""
    if provider == "github":
        token = needed_token("GITHUB_TOKEN", "GH_TOKEN", hint="with permissions: pull-requests: write")
        accept = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        return Api(os.environ.get("GITHUB_API_URL") or GITHUB, {"Authorization": f"Bearer {token}", **accept})
    token = needed_token("GITLAB_TOKEN", hint="an access token with the scope api; CI_JOB_TOKEN may not comment")
    return Api(os.environ.get("CI_API_V4_URL") or GITLAB, {"PRIVATE-TOKEN": token})


def needed_token(*names: str, hint: str) -> str:
    """Take the first variable that is set; a line break in it would be another header."""
    found = next((os.environ[name].strip() for name in names if os.environ.get(name, "").strip()), None)
    if found is None:
        raise UsageError(f"there is no {names[0]} in the environment", hint=hint)
    if not found.isascii() or not found.isprintable():
        raise UsageError(f"{names[0]} is not a token", hint=hint)
    return found


def github_target(repo: str | None, number: int | None) -> Target:
    """Find the pull request in what an action knows."""
    repository = repo or os.environ.get("GITHUB_REPOSITORY")
    if not repository or not re.fullmatch(r"[\w-]+/[\w.-]+", repository):
        raise UsageError(f"{repository or 'no repository'}: OWNER/NAME is needed", hint="--repo OWNER/NAME")
    return github(repository, github_number() if number is None else numbered(number))


def github_number() -> int:
    """Read the pull request's number from the event, or from the name of the branch that merges it."""
    event = Path(os.environ.get("GITHUB_EVENT_PATH") or "")
    found = number_in(event.read_text(encoding="utf-8")) if event.is_file() else None
    ref = re.fullmatch(r"refs/pull/(\d+)/\w+", os.environ.get("GITHUB_REF", ""))
    if found is None and ref is None:
        raise UsageError("this is not a pull request", hint="--number N names one")
    return found or int(ref[1] if ref else 0)


def gitlab_target(repo: str | None, number: int | None) -> Target:
    """Find the merge request in what a pipeline knows; its page is known of the pipeline's own project only."""
    project = repo or os.environ.get("CI_PROJECT_ID")
    found = number if number is not None else os.environ.get("CI_MERGE_REQUEST_IID")
    if not project or not found:
        raise UsageError("this is not a merge request", hint="--repo GROUP/NAME --number N name one")
    at = os.environ.get("CI_PROJECT_URL") if repo is None else None
    page = f"{at}/-/merge_requests/{numbered(found)}" if at else None
    return gitlab(quote(project, safe=""), numbered(found), page)


def numbered(text: str | int) -> int:
    """Read a number from 1 on."""
    if not re.fullmatch(r"[1-9]\d*", str(text)):
        raise UsageError(f"{text}: not the number of a pull request", hint="--number N, from 1 on")
    return int(text)
