"""What the compared cases of one side sent and paid, by route and model, for one run of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from llmcost.change.factors import Traffic
from llmcost.change.metered import summed
from llmcost.check.keys import Traced
from llmcost.check.query import queries

COMPARED = pa.schema(
    [("case_name", pa.string()), ("route", pa.string()), ("runs", pa.int64()), ("cohort", pa.string())]
)
# the models of each route of each case
Models = dict[tuple[str, str], tuple[str, ...]]


def models_of(traced: Traced) -> Models:
    """List the models that traces ask, by case and route."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in traced.records(queries()["models"]):
        found.setdefault((row["case_name"], row["route"]), []).append(row["model"] or "")
    return {key: tuple(models) for key, models in found.items()}


def cohorts_of(was: Models, now: Models) -> dict[tuple[str, str], str]:
    """Put routes of cases together that ask the same models on one side and the same on the other."""
    return {key: f"{'|'.join(was.get(key, ()))} -> {'|'.join(now.get(key, ()))}" for key in {*was, *now}}


def traffic(traced: Traced, runs: Mapping[str, int], cohorts: Mapping[tuple[str, str], str]) -> list[Traffic]:
    """Sum up traces of the cases in `runs`, each divided by the number of its runs."""
    rows = [(case, route, runs[case], cohort) for (case, route), cohort in cohorts.items() if case in runs]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in COMPARED]
    compared = pa.table(columns, schema=COMPARED)
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in traced.records(queries()["traffic"], {"compared": compared}):
        found.setdefault((row["route"], row["model"] or "(no model)", row["cohort"]), []).append(row)
    return [summed(*names, rows) for names, rows in found.items()]
