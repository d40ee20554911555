"""A callback of the proxy that writes each attempt when it ends, as LiteLLM's loggers do, to a file of each process."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from litellm.integrations.custom_logger import CustomLogger


class Log(CustomLogger):
    """Writes what LiteLLM hands to all its loggers."""

    def write(self, kwargs: dict[str, Any]) -> None:
        """Write one line."""
        path = Path(os.environ["LOGS"]) / f"litellm-{os.getpid()}.jsonl"
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(kwargs["standard_logging_object"], default=str) + "\n")

    async def async_log_success_event(self, kwargs: dict[str, Any], *_: object, **__: object) -> None:
        """Write an answer."""
        self.write(kwargs)

    async def async_log_failure_event(self, kwargs: dict[str, Any], *_: object, **__: object) -> None:
        """Write a failure."""
        self.write(kwargs)


log = Log()
