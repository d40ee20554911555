"""LiteLLM's proxy: with a database and keys of its own, or without one; a model that costs what gpt-4o does answers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from tests.logs import write
from tests.real_gateway.needs import environment
from tests.real_gateway.processes import free_port, process, wait_until

CALLBACKS = Path(__file__).parent / "callbacks"
MASTER = "sk-master-of-tests"
# of 10 tokens and 20, as LiteLLM counts a mocked answer, at 2.5 and 10 USD per 1M
REQUEST_USD = "0.000225"
SETTINGS = """
model_list:
  - model_name: gpt-4o
    litellm_params: {model: openai/gpt-4o, api_key: none, mock_response: hello}
litellm_settings:
  telemetry: false
"""
WITH_DATABASE = f"""
  callbacks: written_log.log
general_settings: {{master_key: {MASTER}, disable_prisma_schema_update: true}}
"""
# the callback as docs/throttle.md names it
WITH_HOOK = f"""
  callbacks: [written_log.log, llmcost.throttle.litellm_hook.throttle]
general_settings: {{master_key: {MASTER}, custom_auth: named_keys.user_api_key_auth}}
"""
QUIET = {
    **{"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False", "NO_DOCS": "True"},
    **{"DISABLE_SCHEMA_UPDATE": "true", "LITELLM_SALT_KEY": "sk-salt", "PYTHONPATH": str(CALLBACKS)},
}
# what a proxy must not find of who runs the tests
OURS = ("DATABASE", "LITELLM", "LLMCOST", "PRISMA")
OPENER = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Proxy:
    """Where one listens."""

    url: str

    def call(self, path: str, body: Any = None, key: str = MASTER) -> tuple[int, Any]:
        """Ask for something, or post it; give the status and the answer."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = Request(self.url + path, None if body is None else json.dumps(body).encode(), headers)
        try:
            with OPENER.open(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")

    def chat(self, key: str) -> int:
        """Ask the model something, and give the status."""
        return self.call(
            "/v1/chat/completions", {"model": "gpt-4o", "messages": [{"role": "user", "content": "?"}]}, key
        )[0]

    def limits(self, hash: str) -> tuple[Any, Any, Any]:
        """Ask what a key may."""
        info = self.call(f"/key/info?key={hash}")[1]["info"]
        return info["rpm_limit"], info["tpm_limit"], info["blocked"]


@contextmanager
def proxy(folder: Path, name: str, settings: str, more: Mapping[str, str]) -> Iterator[Proxy]:
    """Run one, which writes its logs to `logs/`; `more` is of its environment."""
    logs, port = folder / "logs", free_port()
    logs.mkdir(exist_ok=True)
    config = write(folder / f"{name}.yaml", SETTINGS.rstrip() + settings)
    program = environment() / "bin" / "litellm"
    words: list[str | Path] = [program, "--config", config, "--host", "127.0.0.1", "--port", str(port)]
    inherited = {word: value for word, value in os.environ.items() if not word.startswith(OURS)}
    with process(words, folder / f"{name}.log", {**inherited, **QUIET, **engine(), "LOGS": str(logs), **more}):
        yield Proxy(f"http://127.0.0.1:{port}")


def engine() -> dict[str, str]:
    """Name the engine of Prisma's."""
    folder = environment() / "engine"
    return {f"PRISMA_{kind.upper()}_ENGINE_BINARY": str(folder / f"{kind}-engine") for kind in ("query", "schema")}


def is_ready(one: Proxy) -> bool:
    """Whether it answers."""
    return one.call("/health/readiness")[0] == 200


def wait_for(one: Proxy, folder: Path, name: str) -> None:
    """Wait until it answers, two minutes at most."""
    wait_until(lambda: is_ready(one), 120, folder / f"{name}.log")
