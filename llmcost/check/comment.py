"""The comment of a pull request: made once, then kept up to date. GitHub and GitLab, by their own APIs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from llmcost.check.api import Api

UNCHANGED = "<!-- llmcost:unchanged -->"
# what they take, in characters, less the note
MOST = {"github": 65_000, "gitlab": 990_000}
CUT = "\n\n... cut: the rest is in the job's summary.\n"
PAGE = 100


@dataclass(frozen=True)
class Target:
    """Where to post: the provider, the API's list of a pull request's comments, and that of all comments."""

    provider: str
    comments: str
    each: str


@dataclass(frozen=True)
class Posted:
    """What was done: created, updated, unchanged or silent, and the address of the comment where there is one."""

    done: str
    url: str | None


def marker(key: str | None) -> str:
    """Write the hidden line by which a comment is found again."""
    return f"<!-- llmcost:check {key} -->" if key else "<!-- llmcost:check -->"


def github(repository: str, number: int) -> Target:
    """Name a pull request of GitHub."""
    return Target("github", f"/repos/{repository}/issues/{number}/comments", f"/repos/{repository}/issues/comments/")


def gitlab(project: str, number: int) -> Target:
    """Name a merge request of GitLab; `project` is its number, or its path with %2F."""
    notes = f"/projects/{project}/merge_requests/{number}/notes"
    return Target("gitlab", notes, f"{notes}/")


def post(api: Api, target: Target, comment: str) -> Posted:
    """Update the comment that begins with the same line, or make one; none where nothing changed and none is there."""
    body = fitted(comment, MOST[target.provider])
    mark = body.partition("\n")[0]
    found = next((one for one in comments(api, target) if str(one.get("body") or "").startswith(mark)), None)
    if found is None:
        if UNCHANGED in body:
            return Posted("silent", None)
        return Posted("created", url_of(api.send("POST", target.comments, {"body": body})))
    if same(str(found["body"]), body):
        return Posted("unchanged", url_of(found))
    method = "PATCH" if target.provider == "github" else "PUT"
    return Posted("updated", url_of(api.send(method, f"{target.each}{found['id']}", {"body": body})))


def comments(api: Api, target: Target) -> Iterator[Mapping[str, Any]]:
    """List the comments, page by page."""
    page = 1
    while True:
        found = api.read(f"{target.comments}?per_page={PAGE}&page={page}")
        yield from found
        if len(found) < PAGE:
            return
        page += 1


def url_of(comment: Mapping[str, Any]) -> str | None:
    """Give a comment's address; GitLab's notes have none."""
    url = comment.get("html_url")
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
    """Read a pull request's number from the event that GitHub describes in a file."""
    found = json.loads(event)
    number = (found.get("pull_request") or {}).get("number") or (found.get("issue") or {}).get("number")
    return number if isinstance(number, int) else None
