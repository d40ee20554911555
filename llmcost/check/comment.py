"""The comment of a pull request: made once, then kept up to date. GitHub and GitLab, by their own APIs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from llmcost.check.http import Api
from llmcost.errors import InputError, UsageError

UNCHANGED = "<!-- llmcost:unchanged -->"
# what they take, in characters, less the note
MOST = {"github": 65_000, "gitlab": 990_000}
CUT = "\n\n... cut: the rest is in the job's summary.\n"
PAGE = 100
# a server that shows one page again and again would be read forever
MOST_PAGES = 100
KEY = re.compile(r"\w+(?:[ ./:-]\w+)*")


@dataclass(frozen=True)
class Target:
    """Where to post: the provider, the API's list of a pull request's comments, and that of all comments.

    `page` is where people read it, for a provider whose comments do not say.
    """

    provider: str
    comments: str
    each: str
    page: str | None = None


@dataclass(frozen=True)
class Posted:
    """What was done: created, updated, unchanged or silent, and the address of the comment where there is one."""

    done: str
    url: str | None


def marker(key: str | None) -> str:
    """Write the hidden line by which a comment is found again. Raises UsageError for a key that would end it."""
    if key and not KEY.fullmatch(key):
        raise UsageError(
            f"--key {key!r}: not a name for a check", hint="letters and digits, . / : - or a space between them"
        )
    return f"<!-- llmcost:check {key} -->" if key else "<!-- llmcost:check -->"


def github(repository: str, number: int) -> Target:
    """Name a pull request of GitHub."""
    return Target("github", f"/repos/{repository}/issues/{number}/comments", f"/repos/{repository}/issues/comments/")


def gitlab(project: str, number: int, page: str | None = None) -> Target:
    """Name a merge request of GitLab; `project` is its number, or its path with %2F."""
    notes = f"/projects/{project}/merge_requests/{number}/notes"
    return Target("gitlab", notes, f"{notes}/", page)


def post(api: Api, target: Target, comment: str) -> Posted:
    """Update the comment that begins with the same line, or make one; none where nothing changed and none is there."""
    body = fitted(comment, MOST[target.provider])
    mark = body.partition("\n")[0]
    found = next((one for one in comments(api, target) if str(one.get("body") or "").startswith(mark)), None)
    if found is None:
        if body.split("\n")[1:2] == [UNCHANGED]:
            return Posted("silent", None)
        return Posted("created", url_of(api.send("POST", target.comments, {"body": body}), target))
    if same(str(found["body"]), body):
        return Posted("unchanged", url_of(found, target))
    method = "PATCH" if target.provider == "github" else "PUT"
    return Posted("updated", url_of(api.send(method, f"{target.each}{found['id']}", {"body": body}), target))


def comments(api: Api, target: Target) -> Iterator[Mapping[str, Any]]:
    """List the comments, page by page, until one is empty: a page may be short and not the last."""
    for page in range(1, MOST_PAGES + 1):
        found = api.read(f"{target.comments}?per_page={PAGE}&page={page}")
        if not isinstance(found, list):
            raise InputError(f"{api.host} answers with something that is not a list of comments")
        if not found:
            return
        yield from found


def url_of(comment: Mapping[str, Any], target: Target) -> str | None:
    """Give a comment's address; GitLab's notes have none of their own."""
    url = comment.get("html_url")
    if url is None and target.page:
        return f"{target.page}#note_{comment['id']}"
    return None if url is None else str(url)


def same(old: str, new: str) -> bool:
    """Compare two texts as a server may store them."""
    return old.replace("\r\n", "\n").strip() == new.strip()


def fitted(comment: str, most: int) -> str:
    """Cut a comment at a line where it is longer than may be."""
    if len(comment) <= most:
        return comment
    kept = comment[: most - len(CUT)].rpartition("\n")[0]
    # what was folded must be closed
    opened = kept.count("<details>") - kept.count("</details>")
    return kept + "\n\n</details>" * opened + CUT


def number_in(event: str) -> int | None:
    """Read a pull request's number from the event that GitHub describes in a file; an issue has none."""
    try:
        found = json.loads(event)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    issue = found.get("issue") or {}
    pull = found.get("pull_request") or (issue if "pull_request" in issue else {})
    number = pull.get("number")
    return number if isinstance(number, int) else None
