"""Run every check of the shelf, and say which questions the logs can answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from llmcost.detect import detectors, missing_requirements, requests_with
from llmcost.pricing import Book
from llmcost.shelf import read_shelf
from llmcost.store import Filters, Store
from llmcost.store.prices import load_prices
from llmcost.store.scope import create_scope

COLUMNS = ("check", "subject", "requests", "covered_share", "note")
NEEDS = resources.files("llmcost.doctor") / "needs.yaml"
Row = tuple[str, str, int | None, float | None, str | None]


@dataclass(frozen=True)
class Check:
    """One file of the shelf checks: its query gives subject, requests, covered_share (0..1) and note."""

    name: str
    query: str
    title: str
    answers: str


@cache
def checks() -> dict[str, Check]:
    """Read the shelf of checks in the order of their file names."""
    return read_shelf(resources.files("llmcost.doctor") / "checks", Check)


def examine(store: Store, book: Book) -> list[Row]:
    """Look a store over: rows of COLUMNS, check by check, then the questions that it can answer.

    Prices come from `book`. A check that finds nothing has no row.
    """
    load_prices(store, book)
    create_scope(store, Filters())
    found: list[Row] = []
    for check in checks().values():
        found += [(check.title.lower(), *row) for row in store.rows(check.query)]
    return found + [answerable(store, name, needs) for name, needs in needs_of_questions().items()]


def needs_of_questions() -> dict[str, list[dict[str, Any]]]:
    """Say what each detector and each other question needs."""
    others: dict[str, list[dict[str, Any]]] = yaml.safe_load(NEEDS.read_text(encoding="utf-8"))
    return {name: detector.needs for name, detector in detectors().items()} | others


def answerable(store: Store, name: str, needs: list[dict[str, Any]]) -> Row:
    """Tell whether these logs can answer one question, and from how many requests, or what they lack."""
    missing = missing_requirements(store, needs)
    if missing:
        return ("can run", name, 0, 0.0, f"cannot run: these logs have {'; '.join(missing)}")
    count = requests_with(store, needs)
    everything = int(store.value("select count(*) from scope"))
    return ("can run", name, count, count / everything if everything else None, "can run")
