"""From the names in a log to a model of the book: exact rules in a fixed order, nothing fuzzy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from llmcost.pricing.book import Book, Deployment, Provider
from llmcost.pricing.entries import pattern
from llmcost.pricing.names import Names, forms, is_tuned
from llmcost.pricing.periods import STANDARD
from llmcost.pricing.rates import rules

# Path segments of an API, not of a gateway: they say nothing of whose price it is.
NEUTRAL = {"models"}


class Key(NamedTuple):
    """What a log says of a request's model and service level."""

    provider_name: str | None
    model: str | None
    deployment_id: str | None
    service_tier: str | None
    is_batch: bool
    speed: str | None
    inference_geo: str | None
    search_context_size: str | None = None


class Resolution(NamedTuple):
    """The book's model and service level, how it was found, and `priced` or the reason why not."""

    rule_id: int | None
    model: str | None
    provider: str | None
    context: str
    how: str
    price_status: str

    @property
    def owner(self) -> tuple[str, ...]:
        """Whose entry of the book it is: the provider's own, or the one that lends its price."""
        return tuple(part for part in (self.provider, self.how.partition("price of ")[2]) if part)


class Resolver:
    """Resolves keys against one book; build it once, ask it for each distinct key."""

    def __init__(self, book: Book) -> None:
        self._providers = {name: p for p in book.providers for name in (p.id.lower(), *map(str.lower, p.names))}
        for provider in {model.provider for model in book.models}:
            self._providers.setdefault(provider.lower(), Provider(provider, (), ()))
        self._names = Names(book)
        self._rules = rules(book)
        self._rule_ids = {(r.provider, r.model.provider, r.model.model): i for i, r in enumerate(self._rules)}
        self._deployments = [(d, pattern(d.name)) for d in book.deployments]
        self._contexts: dict[int, set[str]] = {}

    def resolve(self, key: Key) -> Resolution:
        """Resolve one key; an unknown name or service level has a reason instead of a price."""
        context = context_of(key)
        provider = self._providers.get((key.provider_name or "").lower())
        deployment = self._deployed(key, provider)
        is_provisioned = deployment is not None and deployment.is_provisioned
        found = self._find(key, provider, deployment)
        if isinstance(found, str):
            return Resolution(None, None, None, context, "", "provisioned" if is_provisioned else found)
        rule_id, how = found
        rule = self._rules[rule_id]
        # the size of a search matters where its fee depends on it
        if not any("search_context_size" in priced for priced in self._contexts_of(rule_id)):
            context = context_of(key._replace(search_context_size=None))
        status = "priced" if context in self._contexts_of(rule_id) else "no price for context"
        if is_provisioned:
            status = "provisioned"
        return Resolution(rule_id, rule.model.model, rule.provider, context, how, status)

    def stand_in(self, key: Key, model: str) -> Resolution:
        """Resolve a key as if another model had answered: of the same provider, or else of the one that makes it."""
        bare = key._replace(model=model, deployment_id=None)
        same = self.resolve(bare)
        return same if same.rule_id is not None else self.resolve(bare._replace(provider_name=None))

    def _contexts_of(self, rule_id: int) -> set[str]:
        """Name the service levels that a rule has a price for, on any day."""
        if rule_id not in self._contexts:
            periods = self._rules[rule_id].model.periods
            self._contexts[rule_id] = {context for period in periods for context, _ in period.contexts()}
        return self._contexts[rule_id]

    def _find(self, key: Key, provider: Provider | None, deployment: Deployment | None) -> tuple[int, str] | str:
        """Go down the ladder; return the rule and how it was found, or why none was."""
        if deployment is not None:
            owner = self._providers.get(deployment.provider.lower())
            behind = self._look_up([(owner, deployment.model.lower(), "deployment")]) if owner else None
            return behind or "unknown model"
        if key.provider_name and provider is None:
            return "unknown provider"
        return self._look_up(list(self._homes(provider, (key.model or "").lower()))) or "unknown model"

    def _deployed(self, key: Key, provider: Provider | None) -> Deployment | None:
        """Find the deployment of that name, exact names first; another provider's is none."""
        names = [name.lower() for name in (key.deployment_id, key.model) if name]
        # a gateway writes its provider before it: azure/prod-chat
        names += [
            rest for name in names if (rest := name.partition("/")[2]) and name.partition("/")[0] in self._providers
        ]
        for is_exact in (True, False):
            for name in names:
                for deployment, matches in self._deployments:
                    owner = self._providers.get(deployment.provider.lower())
                    if provider and owner != provider:
                        continue
                    if deployment.name.lower() == name if is_exact else matches.fullmatch(name):
                        return deployment
        return None

    def _homes(self, provider: Provider | None, name: str) -> Iterator[tuple[Provider | None, str, str]]:
        """Give the name as it is and without each gateway prefix that does not contradict the provider."""
        # without a provider a prefix that is one's name says whose it is: openai/gpt-4o is not OpenRouter's
        if provider or name.partition("/")[0] not in self._providers:
            yield provider, name, ""
        # a fine-tune's suffix is free text and may hold a slash
        while "/" in name and not is_tuned(name):
            prefix, name = name.split("/", 1)
            owner = self._providers.get(prefix)
            # a gateway that the book does not know may have prices of its own
            if provider is None and owner is None and prefix not in NEUTRAL:
                return
            if provider and owner and owner.id not in (provider.id, *provider.fallback):
                return
            provider = provider or owner
            yield provider, name, "prefix stripped"

    def _look_up(self, homes: list[tuple[Provider | None, str, str]]) -> tuple[int, str] | None:
        """Try every form of a name at its own provider, and only then at the fallbacks."""
        for provider, name, how in homes:
            for form, dated in forms(name):
                found = self._names.find(provider.id if provider else None, form)
                if found:
                    return self._rule(provider, found[0]), joined(how, dated) or found[1]
        for provider, name, how in homes:
            for other in provider.fallback if provider else ():
                for form, dated in forms(name):
                    found = self._names.find(other, form)
                    if found:
                        return self._rule(provider, found[0]), joined(
                            joined(how, dated) or found[1], f"price of {other}"
                        )
        return None

    def _rule(self, provider: Provider | None, model: tuple[str, str]) -> int:
        """Find the rule that prices a model as bought from a provider."""
        return self._rule_ids[(provider.id if provider else model[0], *model)]


def joined(*parts: str) -> str:
    """Join what was done to a name."""
    return ", ".join(part for part in parts if part)


def context_of(key: Key) -> str:
    """Name the service level as the price rows do; what is standard has no name."""
    tier, speed, geo = ((value or "").lower() for value in (key.service_tier, key.speed, key.inference_geo))
    size = (key.search_context_size or "").lower()
    pairs = {
        "inference_geo": "" if geo in STANDARD["inference_geo"] else geo,
        "processing": "batch" if key.is_batch or tier == "batch" else "",
        "search_context_size": size,
        "service_tier": "" if tier in STANDARD["service_tier"] else tier,
        "speed": "" if speed in STANDARD["speed"] else speed,
    }
    return ";".join(f"{axis}={value}" for axis, value in pairs.items() if value)
