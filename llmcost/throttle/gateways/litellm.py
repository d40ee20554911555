"""The proxy of LiteLLM with its database: the limits of a key are set by the hash that logs know it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from llmcost.alerts.channels.source import Source, address_of, needed, secret_of
from llmcost.errors import UsageError
from llmcost.pricing.loader import Node
from llmcost.throttle.gateways.gateway import BLOCK, GatewayError, KeyGone
from llmcost.throttle.register import Limits, Throttle

RPM, BLOCKED = "rpm_limit", "blocked"
# what the proxy says of a key that was never there, and of one that it had: any other 404 is a wrong address
NOT_FOUND, DELETED = "not_found_error", "deleted"


@dataclass(frozen=True)
class LiteLLM:
    """The address of the proxy, and a key that may change keys."""

    url: Source
    key: Source
    kind = "litellm"

    def present(self, one: Throttle, now: float) -> Limits:
        """Ask what the key has."""
        from llmcost.alerts.channels.sending import get

        answer, content = get(f"{self._base()}/key/info?key={quote(one.hash, safe='')}", self._headers(), now)
        if word_in(content, "error", "type") == NOT_FOUND or word_in(content, "info", "status") == DELETED:
            raise KeyGone
        if not answer.is_sent:
            raise GatewayError(answer.said, is_final=answer.is_final)
        info = content.get("info") if isinstance(content, dict) else None
        if not isinstance(info, dict):
            raise GatewayError("answered what is no key's limits", is_final=True)
        return {BLOCKED: bool(info.get(BLOCKED))} if one.action == BLOCK else {RPM: info.get(RPM)}

    def wanted(self, one: Throttle, former: Limits) -> Limits:
        """Give the limits of a throttled key."""
        if one.action == BLOCK:
            return {BLOCKED: True}
        had = former.get(RPM)
        return {RPM: one.rpm if had is None else min(one.rpm, had)}

    def put(self, one: Throttle, limits: Limits, others: Sequence[Throttle], now: float) -> None:
        """Set limits, and look whether they are set."""
        if BLOCKED in limits:
            self._post("/key/block" if limits[BLOCKED] else "/key/unblock", {"key": one.hash}, now)
        else:
            self._post("/key/update", {"key": one.hash, **limits}, now)
        if self.present(one, now) != limits:
            raise GatewayError("took the limits of the key, and says others", is_final=True)

    def _post(self, path: str, content: dict[str, Any], now: float) -> None:
        from llmcost.alerts.channels.sending import post

        answer = post(self._base() + path, content, self._headers(), now)
        if not answer.is_sent:
            raise GatewayError(answer.said, is_final=answer.is_final)

    def _base(self) -> str:
        try:
            return self.url.address().rstrip("/")
        except UsageError as error:
            raise GatewayError(error.message) from None

    def _headers(self) -> dict[str, str]:
        try:
            return {"Authorization": f"Bearer {self.key.read()}"}
        except UsageError as error:
            raise GatewayError(error.message) from None


def word_in(content: Any, *names: str) -> Any:
    """Give what stands in an answer under these names, one in the other; None where nothing does."""
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content


def read(node: Node) -> LiteLLM:
    """Read the settings."""
    found = node.mapping({"url", "url_env", "url_file", "key", "key_env", "key_file"}, "litellm")
    return LiteLLM(
        needed(node, address_of(node, found), "url", "litellm"),
        needed(node, secret_of(node, found, "key"), "key", "litellm"),
    )
