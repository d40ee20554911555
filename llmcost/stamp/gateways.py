"""Which hosts are gateways, and the header in which each kind of gateway takes labels into its log.

Sources: docs.litellm.ai (x-litellm-spend-logs-metadata), portkey.ai/docs (x-portkey-metadata, values of 128
characters), docs.helicone.ai (Helicone-Property-*), developers.cloudflare.com/ai-gateway (cf-aig-metadata, the first
five entries), maximhq/bifrost plugins/logging (x-bf-lh-*).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from llmcost.stamp.cases import Case

BASE_URLS = (
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_API_BASE",
    "AZURE_OPENAI_ENDPOINT",
    "GOOGLE_GEMINI_BASE_URL",
    "LITELLM_PROXY_API_BASE",
    "LITELLM_PROXY_URL",
)
# those who sell models: what a test is called is none of their business
PROVIDERS = (
    "openai.com",
    "anthropic.com",
    "azure.com",
    "googleapis.com",
    "amazonaws.com",
    "mistral.ai",
    "groq.com",
    "deepseek.com",
    "x.ai",
    "cohere.com",
    "cohere.ai",
    "together.xyz",
    "together.ai",
    "fireworks.ai",
    "perplexity.ai",
    "cerebras.ai",
    "nvidia.com",
    "moonshot.ai",
    "z.ai",
    "aliyuncs.com",
    "openrouter.ai",
    "huggingface.co",
    "voyageai.com",
    "deepinfra.com",
)
PORTS = {"http": 80, "https": 443}
IN_ONE = {"litellm": "x-litellm-spend-logs-metadata", "portkey": "x-portkey-metadata", "cloudflare": "cf-aig-metadata"}
ONE_EACH = {"helicone": "Helicone-Property-", "bifrost": "x-bf-lh-"}
LONGEST = {"portkey": 128}

Origin = tuple[str, int]


@dataclass(frozen=True)
class Gateways:
    """The gateways that were named, and their kind."""

    named: frozenset[Origin]
    kind: str

    @classmethod
    def of(cls, urls: Iterable[str], kind: str) -> Gateways:
        """Read the URLs of gateways. Raises ValueError for one without a host, and for a provider's own."""
        origins = {url: origin(url) for url in urls}
        for url, where in origins.items():
            if where is None:
                raise ValueError(f"{url}: not the URL of a gateway; write it like http://localhost:4000")
            if is_provider(where[0]):
                raise ValueError(f"{url}: that is a provider's own API, which logs nothing for you")
        return cls(frozenset(where for where in origins.values() if where is not None), kind)

    def known(self) -> frozenset[Origin]:
        """All gateways, those of the environment as it is now among them."""
        origins = (origin(os.environ[name]) for name in BASE_URLS if os.environ.get(name))
        return self.named | {where for where in origins if where is not None and not is_provider(where[0])}

    def stamp(self, url: str, headers: MutableMapping[str, str], case: Case | None) -> None:
        """Write the test into the headers of a request, if it goes to a gateway. What is there already stays."""
        if case is not None and origin(url) in self.known():
            labels = {name: fitted(value, LONGEST.get(self.kind)) for name, value in asdict(case).items()}
            for name, value in labelled(self.kind, labels, headers).items():
                headers[name] = value


def origin(url: str) -> Origin | None:
    """Tell host and port of a URL."""
    try:
        parts = urlsplit(url)
        return (parts.hostname, parts.port or PORTS[parts.scheme]) if parts.hostname else None
    except (ValueError, KeyError):
        return None


def is_provider(host: str) -> bool:
    """Whether a host belongs to somebody who sells models."""
    return any(host == domain or host.endswith(f".{domain}") for domain in PROVIDERS)


def labelled(kind: str, labels: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
    """Make the headers that carry the labels; labels that the request has of its own win."""
    if kind in ONE_EACH:
        named = {ONE_EACH[kind] + name: ascii_only(value) for name, value in labels.items()}
        return {name: value for name, value in named.items() if name not in headers}
    header = IN_ONE[kind]
    own = entries(headers.get(header, "{}"))
    # ours first: Cloudflare keeps five
    return {} if own is None else {header: json.dumps({**labels, **own})}


def entries(text: str) -> dict[str, object] | None:
    """Read a header of labels; None if it is something else, which is left alone."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def ascii_only(text: str) -> str:
    """Write a text as a header may hold it, like pytest writes ids."""
    return text.encode("ascii", "backslashreplace").decode("ascii")


def fitted(text: str, longest: int | None) -> str:
    """Cut a text to what a gateway takes, and tell cut ones apart by a digest."""
    if longest is None or len(text) <= longest:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{text[: longest - 17]}~{digest}"
