"""The comment of a pull request: hidden markers."""

from __future__ import annotations

UNCHANGED = "<!-- llmcost:unchanged -->"


def marker(key: str | None) -> str:
    """Write the hidden line by which a comment is found again."""
    return f"<!-- llmcost:check {key} -->" if key else "<!-- llmcost:check -->"
