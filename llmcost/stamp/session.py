"""The hooks of a pytest session that stamps."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from llmcost.stamp.cases import Case, Cases
from llmcost.stamp.clients import http_patches
from llmcost.stamp.gateways import Gateways
from llmcost.stamp.litellm_sdk import Recorder, asyncio_patches, litellm_patches
from llmcost.stamp.patches import Importing
from llmcost.stamp.traces import Traces

CASE = pytest.StashKey[Case]()
REPEAT = "__pytest_repeat_step_number"


@dataclass(eq=False)
class Session:
    """One pytest process, and its run."""

    cases: Cases
    gateways: Gateways
    recorder: Recorder | None
    importing: Importing

    @classmethod
    def of(cls, config: pytest.Config) -> Session:
        """Read the options and begin. A worker of pytest-xdist is given run and file by the main process."""
        given = getattr(config, "workerinput", {}).get("llmcost", {})
        cases = Cases(given.get("run") or os.environ.get("LLMCOST_RUN") or uuid.uuid4().hex[:12])
        file = given.get("traces") or traces_file(config)
        recorder = Recorder(Traces(Path(file))) if file else None
        gateways = gateways_of(config)
        http = http_patches(lambda url, headers: gateways.stamp(url, headers, cases.current()))
        loops = asyncio_patches(recorder) if recorder else {}
        importing = Importing({**http, **loops, **litellm_patches(cases.current, recorder)})
        importing.start()
        return cls(cases, gateways, recorder, importing)

    def pytest_report_header(self) -> str:
        """Say what is stamped."""
        known = sorted(f"{host}:{port}" for host, port in self.gateways.known())
        targets = (
            f"gateways ({self.gateways.kind}): {', '.join(known)}" if known else "no gateway, LiteLLM in process only"
        )
        return f"llmcost: run {self.cases.run}, {targets}"

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist the run and the file."""
        file = str(self.recorder.traces.path) if self.recorder else None
        node.workerinput["llmcost"] = {"run": self.cases.run, "traces": file}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """End the test after its teardown."""
        try:
            return (yield)
        finally:
            self.end(item)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Begin the test; plugins that run a failed one again come here once more."""
        self.end(item)
        item.stash[CASE] = self.cases.begin(*case_of(item))
        return (yield)

    def end(self, item: pytest.Item) -> None:
        """End what runs of the test."""
        case = item.stash.get(CASE, None)
        if case is not None:
            self.cases.end(case)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        """Let what a module or a session shares belong to no test: who comes first depends on what was chosen to run.

        Finalizers run last to first, so the fixture's own stands between these two.
        """
        if fixturedef.scope == "function":
            return (yield)
        fixturedef.addfinalizer(self.cases.resume)
        self.cases.pause()
        try:
            return (yield)
        finally:
            self.cases.resume()
            fixturedef.addfinalizer(self.cases.pause)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Wait for what is still to be written, and undo every change."""
        if self.recorder is not None:
            self.recorder.settle()
        self.importing.stop()


def gateways_of(config: pytest.Config) -> Gateways:
    """Read the gateways from the command line and the ini file."""
    try:
        return Gateways.of(
            [*config.option.llmcost_gateway, *config.getini("llmcost_gateway")], config.getini("llmcost_gateway_kind")
        )
    except ValueError as error:
        raise pytest.UsageError(f"--llmcost-gateway {error}") from None


def traces_file(config: pytest.Config) -> str | None:
    """Make the path of the traces absolute, and the file, so that no run leaves an old one or none."""
    if not config.option.llmcost_traces:
        return None
    path = config.invocation_params.dir / config.option.llmcost_traces
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise pytest.UsageError(f"--llmcost-traces {path}: {error.strerror}") from None
    return str(path)


def case_of(item: pytest.Item) -> tuple[str, str, int]:
    """Tell a test's id without the number that pytest-repeat gives it, its node id, and that number from 0."""
    step = getattr(getattr(item, "callspec", None), "params", {}).get(REPEAT)
    if step is None:
        return item.nodeid, item.nodeid, 0
    return re.sub(rf"\[{step + 1}-\d+\]$|-{step + 1}-\d+(?=\]$)", "", item.nodeid), item.nodeid, step
