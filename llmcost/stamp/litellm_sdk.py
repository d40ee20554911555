"""LiteLLM in this process: the test's id in what its callbacks get, and these payloads in a file."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property, wraps
from types import ModuleType
from typing import Any

from llmcost.stamp.cases import Case
from llmcost.stamp.patches import Patch, Patches
from llmcost.stamp.traces import Traces

CALLBACKS = (
    "dynamic_success_callbacks",
    "dynamic_failure_callbacks",
    "dynamic_async_success_callbacks",
    "dynamic_async_failure_callbacks",
)
# calls whose `metadata` LiteLLM keeps; that of others is part of the provider's request
INNER_METADATA = (
    "completion",
    "text_completion",
    "embedding",
    "image_generation",
    "image_edit",
    "transcription",
    "speech",
    "rerank",
    "moderation",
)
# how long to wait for calls that LiteLLM may never log, as a stream that nobody reads
QUIET_SECONDS = 0.5
PAUSE_SECONDS = 0.005


@dataclass
class Recorder:
    """Writes what LiteLLM logs of calls, and knows which calls it has not logged yet."""

    traces: Traces
    pending: set[str] = field(default_factory=set)

    def follow(self, logging: Any) -> None:
        """Be called back for one call. LiteLLM's own lists are left alone: tests empty them, and compare them."""
        self.pending.add(logging.litellm_call_id)
        for name in CALLBACKS:
            setattr(logging, name, [*(getattr(logging, name, None) or []), self.callback])

    def take(self, details: Mapping[str, Any]) -> None:
        """Write the payload of a call that is over."""
        payload = details.get("standard_logging_object")
        if payload is not None:
            self.traces.write(payload)
        self.pending.discard(str(details.get("litellm_call_id")))

    @cached_property
    def callback(self) -> Any:
        """The callback as LiteLLM wants it: of its own class."""
        base: Any = sys.modules["litellm.integrations.custom_logger"].CustomLogger

        def log(_: Any, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
            self.take(kwargs)

        async def log_async(_: Any, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
            self.take(kwargs)

        methods = {
            "log_success_event": log,
            "log_failure_event": log,
            "async_log_success_event": log_async,
            "async_log_failure_event": log_async,
        }
        return type("LlmcostTraces", (base,), methods)()

    def waiting(self) -> Iterator[None]:
        """Yield while calls are on their way to be logged; give up on those that never are."""
        left, since = -1, time.monotonic()
        while self.pending:
            if len(self.pending) != left:
                left, since = len(self.pending), time.monotonic()
            elif time.monotonic() - since > QUIET_SECONDS:
                self.pending.clear()
            yield

    def settle(self) -> None:
        """Wait for the threads of LiteLLM, and run what the queue of its event loops has left."""
        worker = getattr(sys.modules.get("litellm.litellm_core_utils.logging_worker"), "GLOBAL_LOGGING_WORKER", None)
        flush = getattr(worker, "_flush_on_exit", lambda: None)
        for _ in self.waiting():
            flush()
            time.sleep(PAUSE_SECONDS)

    async def settle_here(self) -> None:
        """Wait for what LiteLLM logs in this event loop."""
        for _ in self.waiting():
            await asyncio.sleep(PAUSE_SECONDS)


def asyncio_patches(recorder: Recorder) -> dict[str, Patch]:
    """Make the patch that lets an event loop finish its logging: what runs is lost when it closes."""

    def settled(close: Any) -> Any:
        @wraps(close)
        def settle_and_close(runner: Any) -> None:
            if recorder.pending:
                runner.get_loop().run_until_complete(recorder.settle_here())
            close(runner)

        return settle_and_close

    def patch(module: ModuleType, patches: Patches) -> None:
        patches.replace(module.Runner, "close", settled)

    return {"asyncio": patch}


def litellm_patches(current: Callable[[], Case | None], recorder: Recorder | None) -> dict[str, Patch]:
    """Make the patch of the one function that every call passes before anything of it is sent or logged.

    LiteLLM looks it up when a call is made, so functions that were imported by name are stamped, too.
    """

    def begun(setup: Any) -> Any:
        @wraps(setup)
        def stamped(call: str, *args: Any, **options: Any) -> Any:
            logging, options = setup(call, *args, **with_case(call, options, current()))
            if recorder is not None:
                recorder.follow(logging)
            return logging, options

        return stamped

    def patch(module: ModuleType, patches: Patches) -> None:
        patches.replace(module, "function_setup", begun)

    return {"litellm.utils": patch}


def with_case(call: str, options: dict[str, Any], case: Case | None) -> dict[str, Any]:
    """Add the test to those metadata of a call that stay in LiteLLM, beside what the call says itself."""
    if case is None:
        return options
    inner = call.removeprefix("a") in INNER_METADATA and "litellm_metadata" not in options
    name = "metadata" if inner else "litellm_metadata"
    own = options.get(name) or {}
    labels = {**asdict(case), **(own.get("spend_logs_metadata") or {})}
    return {**options, name: {**own, "spend_logs_metadata": labels}}
