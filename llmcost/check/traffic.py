"""What the compared cases of one side sent and paid, by route and model, for one run of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pyarrow as pa

from llmcost.check.factors import Traffic
from llmcost.check.keys import Traced
from llmcost.check.query import queries

# meters, and what the query calls their tokens; reasoning is output at a rate of its own
METERS = {
    "input": ("input",),
    "cache_read": ("cache_read",),
    "cache_write": ("cache_write",),
    "cache_write_1h": ("cache_write_1h",),
    "output": ("text_output", "reasoning"),
}


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


def summed(route: str, model: str, cohort: str, rows: list[dict[str, Any]]) -> Traffic:
    """Add up the rows of one route, model and cohort."""
    tokens = {meter: sum((used(row, names) for row in rows), Fraction()) for meter, names in METERS.items()}
    costs = {meter: sum((paid(row, names) for row in rows), Fraction()) for meter, names in METERS.items()}
    whole = sum((Fraction(row["cost_usd"]) / row["runs"] for row in rows), Fraction())
    return Traffic(
        route,
        model,
        sum((Fraction(row["requests"], row["runs"]) for row in rows), Fraction()),
        sum((Fraction(row["requests"], row["runs"] * row["attempts"]) for row in rows), Fraction()),
        tokens,
        {**costs, "other": whole - sum(costs.values())},
        cohort,
    )


def used(row: dict[str, Any], names: tuple[str, ...]) -> Fraction:
    """Count the tokens of a meter in one run."""
    return Fraction(sum(int(row[f"{name}_tokens"]) for name in names), row["runs"])


def paid(row: dict[str, Any], names: tuple[str, ...]) -> Fraction:
    """Price them."""
    return sum(
        (
            Fraction(int(row[f"{name}_tokens"])) * Fraction(row[f"{name}_usd_per_token"] or 0) / row["runs"]
            for name in names
        ),
        Fraction(),
    )
