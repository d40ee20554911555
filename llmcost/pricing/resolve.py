"""From the names in a log to a model of the book: exact rules in a fixed order, nothing fuzzy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import translate
from typing import NamedTuple

from llmcost.pricing.book import Book, Deployment, Provider
from llmcost.pricing.rates import price_rows

STANDARD = {"", "standard", "default", "auto", "on_demand"}
ANYWHERE = {"", "global", "not_available"}
DATED = re.compile(r"(.+?)(?:[-@]20\d\d-?\d\d-?\d\d|-latest|@latest|-v\d+:\d+)$")


class Key(NamedTuple):
    """What a log says of a request's model and service level."""

    provider_name: str | None
    model: str | None
    deployment_id: str | None
    service_tier: str | None
    is_batch: bool
    speed: str | None
    inference_geo: str | None


class Resolution(NamedTuple):
    """The book's model and service level, how it was found, and `priced` or the reason why not."""

    rule_id: int | None
    model: str | None
    provider: str | None
    context: str
    how: str
    price_status: str


class Resolver:
    """Resolves keys against one book; build it once, ask it for each distinct key."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._providers = {name: p for p in book.providers for name in (p.id.lower(), *map(str.lower, p.names))}
        for provider in {model.provider for model in book.models} - {p.id for p in book.providers}:
            self._providers.setdefault(provider.lower(), Provider(provider, (), ()))
        self._exact = {(m.provider, m.model.lower()): i for i, m in enumerate(book.models)}
        self._patterns = [(m.provider, pattern(text), i) for i, m in enumerate(book.models) for text in m.match]
        self._deployments = [(pattern(d.name), d) for d in book.deployments]
        self._contexts = {(row.rule_id, row.context) for row in price_rows(book)}

    def resolve(self, key: Key) -> Resolution:
        """Resolve one key; an unknown name or service level has a reason instead of a price."""
        context = context_of(key)
        found = self._find(key)
        if isinstance(found, str):
            return Resolution(None, None, None, context, "", found)
        rule_id, how = found
        model = self._book.models[rule_id]
        status = "priced" if (rule_id, context) in self._contexts else "no price for context"
        return Resolution(rule_id, model.model, model.provider, context, how, status)

    def _find(self, key: Key) -> tuple[int, str] | str:
        """Go down the ladder; return the rule and how it was found, or why none was."""
        deployed = self._deployed(key)
        if deployed is not None:
            return deployed, "deployment"
        if not key.model:
            return "unknown model"
        name = key.model.lower()
        provider = self._providers.get((key.provider_name or "").lower())
        if key.provider_name and provider is None:
            return "unknown provider"
        for provider_id, candidate, how in self._candidates(provider, name):
            rule = self._match(provider_id, candidate)
            if rule is not None:
                return rule[0], ", ".join(part for part in (how, rule[1]) if part)
        return "unknown model"

    def _deployed(self, key: Key) -> int | None:
        """Look a deployment up by its id or by the name that was called."""
        for name in (key.deployment_id, key.model):
            for matches, deployment in self._deployments:
                if name and matches.fullmatch(name.lower()):
                    return self._behind(deployment)
        return None

    def _behind(self, deployment: Deployment) -> int | None:
        """Find the model behind a deployment: its provider's own entry, or that of a fallback."""
        owner = self._providers.get(deployment.provider.lower())
        for provider in (deployment.provider, *(owner.fallback if owner else ())):
            rule = self._match(provider, deployment.model.lower())
            if rule:
                return rule[0]
        return None

    def _candidates(self, provider: Provider | None, name: str) -> Iterator[tuple[str | None, str, str]]:
        """Name what may be looked up, in order: (provider, name, how). A fine-tune is never its base model."""
        owners: list[tuple[Provider | None, str]] = [(provider, name)]
        # a prefix may name the provider where the log names none; one that contradicts the log is not taken off
        while "/" in name:
            prefix, name = name.split("/", 1)
            owner = self._providers.get(prefix)
            if provider is None or owner is None or owner.id in (provider.id, *provider.fallback):
                provider = provider or owner
                owners.append((provider, name))
            else:
                break
        for owner, text in owners:
            how = "" if text == owners[0][1] else "prefix stripped"
            yield from forms(owner.id if owner else None, text, how)
        for owner, text in owners:
            for other in owner.fallback if owner else ():
                yield from forms(other, text, f"price of {other}")

    def _match(self, provider: str | None, name: str) -> tuple[int, str] | None:
        """Look a name up: exact, then by pattern; without a provider it must be one provider's alone."""
        if provider is not None and (provider, name) in self._exact:
            return self._exact[provider, name], "exact"
        for owner, matches, rule_id in self._patterns:
            if owner == provider and matches.fullmatch(name):
                return rule_id, "pattern"
        return self._sole_owner(name) if provider is None else None

    def _sole_owner(self, name: str) -> tuple[int, str] | None:
        """Look a name up among all providers; two owners are none."""
        exact = [i for (_, model), i in self._exact.items() if model == name]
        if exact:
            return (exact[0], "exact") if len(exact) == 1 else None
        rules = [rule_id for _, matches, rule_id in self._patterns if matches.fullmatch(name)]
        owners = {self._book.models[rule_id].provider for rule_id in rules}
        return (rules[0], "pattern") if len(owners) == 1 else None


def forms(provider: str | None, name: str, how: str) -> Iterator[tuple[str | None, str, str]]:
    """Give a name as it is, a fine-tune without its owner, a dated name without its date."""
    yield provider, name, how
    if name.startswith("ft:"):
        base = ":".join(name.split(":")[:2])
        yield provider, base, how
        dated = DATED.fullmatch(base)
        if dated:
            yield provider, dated[1], ", ".join(part for part in (how, "date stripped") if part)
        return
    dated = DATED.fullmatch(name)
    if dated:
        yield provider, dated[1], ", ".join(part for part in (how, "date stripped") if part)


def context_of(key: Key) -> str:
    """Name the service level as the price rows do; what is standard has no name."""
    tier = (key.service_tier or "").lower()
    pairs = []
    if (key.inference_geo or "").lower() not in ANYWHERE:
        pairs.append(f"inference_geo={(key.inference_geo or '').lower()}")
    if key.is_batch or tier == "batch":
        pairs.append("processing=batch")
    elif tier not in STANDARD:
        pairs.append(f"service_tier={tier}")
    if (key.speed or "").lower() not in STANDARD:
        pairs.append(f"speed={(key.speed or '').lower()}")
    return ";".join(pairs)


def pattern(text: str) -> re.Pattern[str]:
    """Compile a glob, or a regular expression after `re:`; both match the whole name."""
    expression = text.removeprefix("re:") if text.startswith("re:") else translate(text.lower())
    return re.compile(expression, re.IGNORECASE)
