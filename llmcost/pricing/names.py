"""The names that a book gives its models, ready to be looked up by the thousand."""

from __future__ import annotations

from llmcost.pricing.book import Book
from llmcost.pricing.entries import WILD, fits
from llmcost.pricing.tails import is_tuned

# (provider, model) and how it was found
Hit = tuple[tuple[str, str], str]


class Names:
    """Exact ids and patterns of every provider's models."""

    def __init__(self, book: Book) -> None:
        self._exact: dict[tuple[str, str], tuple[str, str]] = {}
        self._aliases: dict[tuple[str, str], tuple[str, str]] = {}
        self._globs: dict[str, list[tuple[str, tuple[str, str]]]] = {}
        for model in book.models:
            entry = (model.provider, model.model)
            self._exact[model.provider, model.model.lower()] = entry
            for text in model.match:
                if WILD.search(text):
                    self._globs.setdefault(model.provider, []).append((text, entry))
                else:
                    self._aliases.setdefault((model.provider, text.lower()), entry)
        self._owners = list(dict.fromkeys(model.provider for model in book.models))
        self._providers = {provider.id: provider for provider in book.providers}
        self._ids = [(p.id, text) for p in book.providers for text in p.ids]

    def find(self, provider: str | None, name: str) -> Hit | None:
        """Look a name up; without a provider it must be one provider's alone, or have one maker among them."""
        owners = self._owners if provider is None else [provider]
        hits = [hit for owner in owners if (hit := self._of(owner, name))]
        if provider is None:
            hits = self._made(hits)
        if len(hits) != 1 or (is_tuned(name) and not is_tuned(hits[0][0][1].lower())):
            return None
        return hits[0]

    def seller(self, name: str) -> str | None:
        """Name the provider whose way of writing ids this is, where it is nobody else's."""
        return next((provider for provider, text in self._ids if fits(name, text)), None)

    def _made(self, hits: list[Hit]) -> list[Hit]:
        """Leave out who sells another's model; nobody else's price is a guess at who served it."""
        owners = {owner for (owner, _), _ in hits}
        return [
            (entry, how if len(hits) == 1 else "no provider named, price of its maker")
            for entry, how in hits
            if (provider := self._providers.get(entry[0])) is None
            or not (provider.resells or owners & set(provider.fallback))
        ]

    def _of(self, provider: str, name: str) -> Hit | None:
        """Look a name up at one provider: its id, then its other names."""
        if (provider, name) in self._exact:
            return self._exact[provider, name], "exact"
        if (provider, name) in self._aliases:
            return self._aliases[provider, name], "pattern"
        for text, entry in self._globs.get(provider, ()):
            if fits(name, text):
                return entry, "pattern"
        return None
