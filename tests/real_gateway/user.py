"""Who uses llmcost beside a proxy: a folder with llmcost.yaml, and commands as they are typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.logs import write
from tests.real_gateway.processes import process
from tests.real_gateway.proxy import MASTER

PROGRAM = [sys.executable, "-m", "llmcost"]
ENVIRONMENT = {**os.environ, "LITELLM_MASTER_KEY": MASTER, "COLUMNS": "200"}


@dataclass(frozen=True)
class User:
    """One folder."""

    folder: Path

    def settle(self, budgets: dict[str, str], through: str, action: str = "limit") -> None:
        """Write a llmcost.yaml whose day is about half over, so that nothing runs across midnight."""
        hour = datetime.now(UTC).hour
        zone = "UTC" if hour == 12 else f"Etc/GMT{hour - 12:+d}"
        write(
            self.folder / "llmcost.yaml",
            f"budgets: [{', '.join(f'{{of: key={name}, daily_usd: {usd}}}' for name, usd in budgets.items())}]\n"
            f"throttle: {{act: true, through: {{{through}}}, action: {action}, rpm: 2}}\n"
            f"alerts: {{tz: {zone}, evaluation_delay: 2s, rules: {{key-budget: {{then: throttle}}}}}}\n",
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            [*PROGRAM, *words], cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=120
        )

    def rows(self, *words: str) -> list[dict[str, Any]]:
        """Run a command that gives a table, and read it."""
        found: list[dict[str, Any]] = json.loads(self.run(*words, "-f", "json").stdout)["rows"]
        return found

    @contextmanager
    def watching(self) -> Iterator[Path]:
        """Follow `logs/`, and give the file of what is said."""
        said = self.folder / "watch.log"
        with process([*PROGRAM, "watch", "logs", "--poll", "1"], said, ENVIRONMENT):
            yield said
