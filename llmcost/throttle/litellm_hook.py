"""A callback for the proxy of LiteLLM that refuses the keys in the throttle file; it needs no database.

It takes `callbacks: llmcost.throttle.litellm_hook.throttle` in the proxy's settings, and LLMCOST_THROTTLE_FILE in its
environment. The file is looked at once a second at most. One that is missing, broken or past its `expires_at` throttles
nobody: the gateway never stops because llmcost did.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from litellm.integrations.custom_logger import CustomLogger

VARIABLE, NAME = "LLMCOST_THROTTLE_FILE", "throttled.json"
LOOK_SECONDS, MINUTE = 1.0, 60.0
TOO_MANY = 429


class Throttle(CustomLogger):
    """Reads the file, counts the requests of limited keys in this process, and refuses what is too many."""

    def __init__(self, path: str | None = None, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.path = Path(path or os.environ.get(VARIABLE, NAME))
        self.clock = clock
        self.looked = -LOOK_SECONDS
        self.stamp: tuple[int, int] | None = None
        self.entries: dict[str, tuple[dict[str, Any], float]] = {}
        self.calls: dict[str, deque[float]] = defaultdict(deque)

    def load(self, now: float) -> None:
        """Read the file where it has changed."""
        if 0 <= now - self.looked < LOOK_SECONDS:
            return
        self.looked = now
        try:
            found = self.path.stat()
            stamp = (found.st_mtime_ns, found.st_ino)
            if stamp != self.stamp:
                self.stamp, self.entries = stamp, {}
                self.entries = entries_of(json.loads(self.path.read_text(encoding="utf-8")))
        except OSError:
            self.stamp, self.entries = None, {}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            print(f"llmcost: the throttle file is not understood, nobody is throttled: {type(error).__name__}")

    async def async_pre_call_hook(
        self, user_api_key_dict: Any, cache: Any, data: dict[str, Any], call_type: Any
    ) -> dict[str, Any]:
        """Let a request pass, or refuse it with 429 and when to come again."""
        now = self.clock()
        self.load(now)
        hash, alias = getattr(user_api_key_dict, "api_key", None), getattr(user_api_key_dict, "key_alias", None)
        found = self.entries.get(hash or "") or self.entries.get(alias or "")
        if found is None or now >= found[1]:
            return data
        entry, until = found
        wait = until - now
        if entry["action"] == "limit":
            calls = self.calls[hash or alias or ""]
            while calls and now - calls[0] >= MINUTE:
                calls.popleft()
            if len(calls) < entry["rpm"]:
                calls.append(now)
                return data
            wait = min(wait, calls[0] + MINUTE - now)
        raise refusal(entry, wait)


def entries_of(document: dict[str, Any]) -> dict[str, tuple[dict[str, Any], float]]:
    """Read the keys of a file, each with the moment that it is released by itself; one that is not whole is refused."""
    expires = moment(document["expires_at"])
    found = {}
    for name, entry in document["keys"].items():
        if entry["action"] not in ("limit", "block") or (entry["action"] == "limit" and int(entry["rpm"]) < 1):
            raise ValueError("no such action")
        found[name] = (entry, min(expires, moment(entry["until"])))
    return found


def moment(text: str) -> float:
    """Read a time; without a zone it is UTC."""
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def refusal(entry: dict[str, Any], wait: float) -> Exception:
    """Write the answer to a request too many."""
    from fastapi import HTTPException

    said = {"error": f"llmcost: this key is throttled until {entry['until']}: {entry.get('reason', '')}"}
    return HTTPException(TOO_MANY, said, headers={"retry-after": str(max(1, round(wait)))})


throttle = Throttle()
