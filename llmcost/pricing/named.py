"""What price books call models, without their prices: for those who look up names and are in a hurry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from llmcost.pricing.book import Book, Model
from llmcost.pricing.entries import read_deployment, read_provider
from llmcost.pricing.loader import Node, only, section

# what is indented under `prices:` is most of a book, and most of the time to read it
PRICES = re.compile(r"^( *)prices:\n(?:\1 +.*\n)+", re.MULTILINE)


def load_names(paths: Sequence[Path]) -> Book:
    """Load price books as one that has names and no prices; nothing is checked, `load_book` does that."""
    tops = [without_prices(path).pairs("the book") for path in paths]
    providers = {p.id: p for top in tops for p in map(read_provider, section(top, "providers"))}
    ids = {name.lower(): p.id for p in providers.values() for name in (p.id, *p.names)}
    models = {}
    for model in (m for top in tops for m in map(named_model, section(top, "models"))):
        owner = ids.get(model.provider.lower(), model.provider)
        models[owner, model.model] = Model(owner, model.model, model.match, ())
    deployments = tuple(d for top in reversed(tops) for d in map(read_deployment, section(top, "deployments")))
    return Book(
        providers=tuple(providers.values()),
        models=tuple(models.values()),
        deployments=deployments,
        adjust=(),
        billing=(),
        cache_rules=(),
        substitutes=(),
        checked=None,
        sha256="",
    )


def without_prices(path: Path) -> Node:
    """Parse a book but for the prices that stand on lines of their own."""
    text = PRICES.sub("", path.read_text(encoding="utf-8"))
    root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert root is not None, "an empty book"
    return Node(root, str(path))


def named_model(node: Node) -> Model:
    """Read one entry of `models` but for its prices."""
    found = node.pairs("a model")
    match = only(found, "match", lambda n: n.texts("match")) or ()
    return Model(found["provider"].text("provider"), found["model"].text("model"), match, ())
