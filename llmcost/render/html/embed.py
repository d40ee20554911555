"""What stands inside the page besides its words: style, scripts, data, and the policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup

from llmcost.render.json import encode

# what ends a script or opens a comment in HTML, and what ended a line in old JavaScript
UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@dataclass(frozen=True)
class Embedded:
    """The text of a script or a style; `source` is its hash, as a content security policy names it."""

    text: Markup

    @property
    def source(self) -> str:
        """Name this text, and no other, in a policy."""
        digest = hashlib.sha256(self.text.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def asset(*names: str) -> Embedded:
    """Read files of this package, one after the other."""
    folder = resources.files("llmcost.render.html")
    return Embedded(Markup("\n".join((folder / name).read_text(encoding="utf-8") for name in names)))


@cache
def library() -> Embedded:
    """Read Vega, Vega-Lite and vega-embed, which define `vegaEmbed`, under the notice that their licences ask for."""
    package = "js_lib_vega_embed"
    bundle = resources.files(package) / "static" / package / "vega-embed-full.js"
    return Embedded(Markup(f"{asset('vega-notice.js').text}\n{bundle.read_text(encoding='utf-8')}\n"))


def data(document: dict[str, Any]) -> Markup:
    """Write JSON that is text and nothing else inside a script element."""
    return Markup(encode(document).decode().translate(UNSAFE))


@dataclass(frozen=True)
class Parts:
    """The scripts and the style of a page; the `first` script runs before anything is painted."""

    first: Embedded
    scripts: tuple[Embedded, ...]
    style: Embedded
    is_live: bool = False

    @property
    def policy(self) -> str:
        """Allow these by their hashes, and nothing else: no network, no eval, no frame; a live page asks its server."""
        return "; ".join(
            (
                "default-src 'none'",
                f"script-src {' '.join(script.source for script in (self.first, *self.scripts))}",
                f"style-src {self.style.source}",
                "img-src data:",
                *(["connect-src 'self'"] if self.is_live else []),
                "base-uri 'none'",
                "form-action 'none'",
            )
        )
