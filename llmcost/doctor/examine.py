"""Run every check of the shelf, and say which logs lack texts, and which questions they can answer."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml

from llmcost.detect import detectors, missing_requirements, requests_by_tier, requests_with
from llmcost.doctor.texts import lacking_texts, not_hashed
from llmcost.pricing import Book
from llmcost.shelf import Query, shipped_shelf
from llmcost.store import Engine, Scope

COLUMNS = ("check", "subject", "requests", "covered_share", "note")
NEEDS = resources.files("llmcost.doctor") / "needs.yaml"
Row = tuple[str, str, int | None, float | None, str | None]


@cache
def checks() -> dict[str, Query]:
    """Read the shelf of checks in the order of their file names; each gives subject, requests, covered_share, note."""
    return shipped_shelf(resources.files("llmcost.doctor") / "checks", Query)


def examine(engine: Engine, book: Book, *, hashes_text: bool | None = None) -> list[Row]:
    """Look a store over: rows of COLUMNS, check by check, then what lacks texts, and the questions that it can answer.

    Prices come from `book`. A check that finds nothing has no row. Whether texts were hashed when they were read nobody
    knows of a store; who has just read them knows, and says so in `hashes_text`.
    """
    scope = engine.price(book).scope()
    found = [(check.title.lower(), *row) for check in checks().values() for row in scope.rows(check)]
    found += [("texts", *row) for row in lacking_texts(scope)]
    found += [("texts", *row) for row in not_hashed(scope) if not hashes_text]
    return found + [answerable(scope, name, needs) for name, needs in needs_of_questions().items()]


def needs_of_questions() -> dict[str, list[dict[str, Any]]]:
    """Say what each detector and each other question needs."""
    others: dict[str, list[dict[str, Any]]] = yaml.safe_load(NEEDS.read_text(encoding="utf-8"))
    return {name: detector.needs for name, detector in detectors().items()} | others


def answerable(scope: Scope, name: str, needs: list[dict[str, Any]]) -> Row:
    """Tell whether these logs can answer one question, and from how many requests, or what they lack."""
    missing = missing_requirements(scope, needs)
    if missing:
        return ("can run", name, 0, 0.0, f"cannot run: these logs have {'; '.join(missing)}")
    count = requests_with(scope, needs)
    everything = int(scope.value("select count(*) from scope"))
    return ("can run", name, count, count / everything if everything else None, f"can run{evidence(scope, name)}")


def evidence(scope: Scope, name: str) -> str:
    """Say what a detector would rest on, and for which share of the requests that it can say something of."""
    tiers = requests_by_tier(scope, detectors()[name].tiers) if name in detectors() else {}
    judged = sum(tiers.values())
    shares = [f"{tier} {percent(count / judged)}" for tier, count in tiers.items() if count]
    return f": {', '.join(shares)}" if shares else ""


def percent(share: float) -> str:
    """Write a share that is not 0 in whole percent."""
    return "< 1 %" if share < 0.01 else f"{share:.0%}".replace("%", " %")
