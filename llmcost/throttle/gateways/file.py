"""A file that names who is throttled, for the hook in a gateway, or for whatever else reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from llmcost.pricing.loader import Node
from llmcost.throttle.gateways.gateway import GatewayError
from llmcost.throttle.register import Limits, Throttle

VERSION = 1


@dataclass(frozen=True)
class File:
    """Where the file is; it is replaced as a whole."""

    path: Path
    kind = "file"

    def present(self, one: Throttle, now: float) -> Limits:
        """Read what the file says of a key; a file that is not there, or is none, says nothing."""
        with suppress(OSError, ValueError, LookupError, TypeError):
            entry = json.loads(self.path.read_text(encoding="utf-8"))["keys"][one.hash]
            return {"action": entry["action"], "rpm": entry["rpm"]}
        return {}

    def wanted(self, one: Throttle, former: Limits) -> Limits:
        """Give what the file is to say."""
        return {"action": one.action, "rpm": one.rpm}

    def put(self, one: Throttle, limits: Limits, others: Sequence[Throttle], now: float) -> None:
        """Write the file anew, with the key or without it."""
        rows = [*others, *([one] if limits else [])]
        ends = max((row.until for row in rows), default=datetime.fromtimestamp(now, UTC))
        document = {"version": VERSION, "expires_at": written(ends), "keys": {row.hash: entry(row) for row in rows}}
        beside = self.path.with_name(self.path.name + ".new")
        try:
            beside.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
            beside.replace(self.path)
        except OSError as error:
            raise GatewayError(f"{self.path.name} cannot be written: {error.strerror}") from None


def entry(row: Throttle) -> dict[str, Any]:
    """Write one key."""
    return {"action": row.action, "rpm": row.rpm, "until": written(row.until), "reason": row.reason}


def written(moment: datetime) -> str:
    """Write a time in UTC."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def read(node: Node) -> File:
    """Read the settings: a path, seen from llmcost.yaml."""
    return File(Path(node.file).parent / Path(node.text("file")).expanduser())
