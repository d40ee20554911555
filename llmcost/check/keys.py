"""What names a request's test case, its repeat and its route: the table `traced`."""

from __future__ import annotations

from dataclasses import dataclass

from llmcost.errors import UsageError
from llmcost.store import Engine, Inputs, Scope, Tables
from llmcost.store.quote import literal, quoted
from llmcost.store.scope import check_column

METADATA = "metadata."
TAG = "tag:"
TEMPLATE = "\x1f"  # stands between a route and its template


@dataclass(frozen=True)
class Keys:
    """Where the names stand: a column of requests, or `tag:NAME` for the rest of a tag that begins with `NAME:`.

    With `is_by_route` a case is a route and a template (a system prompt), and all of it is one run.
    `case` may be `metadata.KEY` as well, which is read with the log. None is the usual: what the log's metadata or its
    tags call `test_case`, `test_run` and `route`, and of a request without a route its operation.
    """

    case: str | None = None
    run: str | None = None
    route: str | None = None
    is_by_route: bool = False

    @property
    def case_key(self) -> str | None:
        """The key of the metadata that logs are to be read with, where one is named."""
        return self.case.removeprefix(METADATA) if self.case and self.case.startswith(METADATA) else None

    @property
    def named(self) -> str:
        """What names the case, in one word."""
        return self.case or "metadata.test_case"


@dataclass(frozen=True)
class Traced(Tables):
    """The requests of a scope without groups, as the table `traced`: with case_name, run_name and route.

    Raises UsageError for a key that is a column which no request has.
    """

    scope: Scope
    keys: Keys

    @property
    def engine(self) -> Engine:
        """The store that the requests are in."""
        return self.scope.engine

    @property
    def tables(self) -> Inputs:
        """`traced`, and what is made of prices."""
        return {**self.scope.priced.tables, "traced": self.scope.derive_view(traced_query(self))}


def traced_query(traced: Traced) -> str:
    """Write what `traced` is. Raises UsageError for a column that no request has."""
    keys, known = traced.keys, list(traced.scope.priced.columns)
    route = (
        f"coalesce({expression(keys.route, known, '--route-key') if keys.route else tagged('route')}, operation_name)"
    )
    case, run = names_of(keys, known)
    if keys.is_by_route:
        case, run = f"{route} || coalesce({literal(TEMPLATE)} || system_prompt_hash, '')", "cast(null as varchar)"
    return f"select *, {case} as case_name, {run} as run_name, {route} as route from scope"


def names_of(keys: Keys, known: list[str]) -> tuple[str, str]:
    """Write what names a case and its run as SQL."""
    case = f"coalesce(case_id, {tagged('test_case')})"
    if keys.case:
        case = "case_id" if keys.case_key else expression(keys.case, known, "--case-key")
    run = expression(keys.run, known, "--run-key") if keys.run else f"coalesce(case_run, {tagged('test_run')})"
    return case, run


def expression(key: str, known: list[str], option: str) -> str:
    """Write a key as SQL text."""
    if key.startswith(TAG):
        return tagged(key.removeprefix(TAG))
    if key.startswith(METADATA):
        raise UsageError(f"{option} {key}: only cases are read from metadata", hint=f"{option} trace, or tag:NAME")
    check_column(key, known)
    return f"cast({quoted(key)} as varchar)"


def tagged(name: str) -> str:
    """Write the rest of the first tag that begins with `name:` as SQL; of several the least."""
    start = literal(f"{name}:")
    return (
        f"list_min(list_transform(list_filter(tags, lambda tag: starts_with(tag, {start})), "
        f"lambda tag: substr(tag, {len(name) + 2})))"
    )
