"""Where an address or a secret stands: in the environment or in a file, and what is none in llmcost.yaml itself."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from llmcost.errors import UsageError
from llmcost.pricing.loader import Node

ENV, FILE = "_env", "_file"
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# what a person would not have thought up: letters and digits of a length
TOKEN = re.compile(r"(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{12,}")
SAFE_ADDRESS = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True)
class Source:
    """A value that is read when it is needed; it is in no repr."""

    env: str | None = None
    file: Path | None = None
    plain: str | None = field(default=None, repr=False)

    def read(self) -> str:
        """Give the value. Raises UsageError, which never says it."""
        if self.plain is not None:
            return self.plain
        if self.env is not None:
            if value := os.environ.get(self.env, "").strip():
                return value
            raise UsageError(f"{self.env} is not set", hint="it names the secret of a channel in llmcost.yaml")
        try:
            value = Path(self.file or "").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{self.file}: {getattr(error, 'strerror', None) or 'no UTF-8 text'}") from None
        if not value:
            raise UsageError(f"{self.file}: it is empty")
        return value

    def address(self) -> str:
        """Give an address of the web. Raises UsageError, which never says it."""
        url = self.read()
        if not is_address(url):
            raise UsageError(
                f"{self.env or self.file or 'its address'}: no address that begins with http:// or https://"
            )
        return url


def is_address(text: str) -> bool:
    """Tell whether it is an address of a server."""
    try:
        parts = urlsplit(text)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and is_whole and SAFE_ADDRESS.fullmatch(text) is not None


def is_plain(node: Node) -> bool:
    """Tell whether a channel is no more than an address."""
    return isinstance(getattr(node.yaml, "value", None), str)


def keys(*names: str) -> set[str]:
    """List the keys under which values can stand."""
    return {name + end for name in names for end in ("", ENV, FILE)}


def secret_of(node: Node, found: dict[str, Node], name: str) -> Source | None:
    """Read where a secret stands; None where nothing is said of it."""
    if name in found:
        raise in_the_clear(found[name], name)
    return elsewhere(node, found, name)


def address_of(node: Node, found: dict[str, Node], name: str = "url") -> Source | None:
    """Read an address, which may stand in llmcost.yaml as long as nothing in it looks like a secret."""
    if name not in found:
        return elsewhere(node, found, name)
    if name + ENV in found or name + FILE in found:
        raise node.refuse(f"`{name}` is said twice")
    return Source(plain=plain_address(found[name], name))


def plain_address(node: Node, name: str = "url") -> str:
    """Read an address that stands in llmcost.yaml."""
    text = node.text(name)
    if not is_address(text):
        # what it is may be a secret that stands in the wrong place
        raise node.refuse(f"`{name}` is no address", "http://127.0.0.1:9093")
    parts = urlsplit(text)
    if "@" in parts.netloc or parts.query or parts.fragment or TOKEN.search(parts.path):
        raise in_the_clear(node, name)
    return text


def in_the_clear(node: Node, name: str) -> UsageError:
    """Refuse a secret that everybody can read who reads llmcost.yaml."""
    return node.refuse(
        f"`{name}` holds a secret, and llmcost.yaml is read by many",
        f"`{name}{ENV}: NAME` names a variable of the environment that has it, `{name}{FILE}: PATH` a file",
    )


def elsewhere(node: Node, found: dict[str, Node], name: str) -> Source | None:
    """Read the name of a variable or of a file."""
    env, file = found.get(name + ENV), found.get(name + FILE)
    if env and file:
        raise node.refuse(f"`{name}{ENV}` and `{name}{FILE}` are two places for one secret")
    if env:
        variable = env.text(name + ENV)
        if not VARIABLE.fullmatch(variable):
            # somebody may have written the secret itself
            raise env.refuse(f"`{name}{ENV}` is not the name of a variable", f"{name}{ENV}: LLMCOST_{name.upper()}")
        return Source(env=variable)
    return Source(file=Path(node.file).parent / Path(file.text(name + FILE)).expanduser()) if file else None


def needed(node: Node, source: Source | None, name: str, what: str) -> Source:
    """Take what must be said."""
    if source is None:
        raise node.refuse(f"{what} has no `{name}{ENV}`", f"{name}{ENV}: NAME, or {name}{FILE}: PATH")
    return source
