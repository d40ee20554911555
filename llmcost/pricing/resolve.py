"""From the names in a log to a model of the book: exact rules in a fixed order, nothing fuzzy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from llmcost.pricing.book import Book, Deployment, Provider
from llmcost.pricing.entries import WILD, pattern
from llmcost.pricing.names import Names
from llmcost.pricing.periods import STANDARD
from llmcost.pricing.rates import rules
from llmcost.pricing.regions import ENDPOINT, GEOGRAPHY, REGION, endpoint, in_region
from llmcost.pricing.tails import forms, is_tuned

# Path segments of an API, not of a gateway: they say nothing of whose price it is.
NEUTRAL = {"models"}
# What Vertex AI calls the tiers that others have, too.
TIERS = {"on_demand_flex": "flex", "on_demand_priority": "priority"}
# What providers call capacity that is paid by the hour.
RESERVED = {"provisioned", "provisioned_throughput", "reserved"}


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


class Home(NamedTuple):
    """A name to look up and whose it is, what was taken off it, and the zone that stood before it."""

    provider: Provider | None
    name: str
    how: str = ""
    zone: str = ""


class Found(NamedTuple):
    """A rule of the book, how it was found, and what the name said of the service level."""

    rule_id: int
    how: str
    context: str
    zone: str


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
        self._rule_ids = {(r.provider, r.listed.provider, r.listed.model): i for i, r in enumerate(self._rules)}
        self._deployments = [(d, pattern(d.name)) for d in book.deployments]
        self._contexts: dict[int, set[str]] = {}

    def resolve(self, key: Key) -> Resolution:
        """Resolve one key; an unknown name or service level has a reason instead of a price."""
        key = self._placed(key)
        provider = self._seller(key)
        deployment = self._deployed(key, provider)
        is_provisioned = (deployment is not None and deployment.is_provisioned) or is_reserved(key)
        key = self._in_geography(key, provider)
        found = self._find(key, provider, deployment)
        if isinstance(found, str):
            return Resolution(None, None, None, context_of(key), "", "provisioned" if is_provisioned else found)
        rule = self._rules[found.rule_id]
        context = self._context(key, found)
        status = "priced" if context in self._contexts_of(found.rule_id) else "no price for context"
        if is_provisioned:
            status = "provisioned"
        model = (key.model or "").lower() if WILD.search(rule.listed.model) else rule.listed.model
        return Resolution(found.rule_id, model, rule.provider, context, found.how, status)

    def stand_in(self, key: Key, model: str) -> Resolution:
        """Resolve a key as if another model had answered: of the same provider, or else of the one that makes it."""
        bare = key._replace(model=model, deployment_id=None)
        same = self.resolve(bare)
        return same if same.rule_id is not None else self.resolve(bare._replace(provider_name=None))

    def _seller(self, key: Key) -> Provider | None:
        """Find who served it: as the log says, or as the id says where it says nothing."""
        if key.provider_name:
            return self._named(key.provider_name)
        owner = self._names.seller((key.model or "").lower())
        return self._providers.get(owner.lower()) if owner else None

    def _named(self, name: str) -> Provider | None:
        """Find a provider by a name of it, or by what stands before the API in it: openai.responses."""
        name = name.lower()
        return self._providers.get(name) or self._providers.get(name.partition(".")[0])

    def _context(self, key: Key, found: Found) -> str:
        """Name the service level: what the log says, what the name says, and the size of a search where it matters."""
        if is_reserved(key):
            key = key._replace(service_tier=None)
        if found.zone and not key.inference_geo:
            key = key._replace(inference_geo=found.zone)
        region = key.inference_geo or ""
        # whether another's price is the endpoint's as well is not known
        is_own = region == ENDPOINT and "price of" not in found.how
        if (is_own or REGION.fullmatch(region)) and not self._has_level(found.rule_id, f"inference_geo={region}"):
            key = key._replace(inference_geo=None)
        if not any("search_context_size" in priced for priced in self._contexts_of(found.rule_id)):
            key = key._replace(search_context_size=None)
        return ";".join(part for part in (context_of(key), found.context) if part)

    def _has_level(self, rule_id: int, level: str) -> bool:
        """Tell whether a rule has a price of its own for a service level, alone or with others."""
        return any(level in context.split(";") for context in self._contexts_of(rule_id))

    def _contexts_of(self, rule_id: int) -> set[str]:
        """Name the service levels that a rule has a price for, on any day."""
        if rule_id not in self._contexts:
            periods = self._rules[rule_id].model.periods
            self._contexts[rule_id] = {context for period in periods for context, _ in period.contexts()}
        return self._contexts[rule_id]

    def _placed(self, key: Key) -> Key:
        """Read the region in an id of Bedrock or Vertex AI; what the log itself says of the region counts first."""
        key = key._replace(inference_geo=key.inference_geo or endpoint((key.model or "").lower()))
        region, model = in_region((key.model or "").lower()) or (None, None)
        others = key.provider_name and self._named(key.provider_name) != self._named("aws")
        if model is None or others:
            return key
        return key._replace(provider_name="aws", model=model, inference_geo=key.inference_geo or region)

    def _in_geography(self, key: Key, provider: Provider | None) -> Key:
        """Name a model as it is called in the geography that its region lies in, where the book knows it by that."""
        geography = GEOGRAPHY.match(key.inference_geo or "")
        if not geography or not key.model:
            return key
        if key.model.lower().startswith(f"{geography[1]}."):
            return key._replace(inference_geo=None)
        there = key._replace(model=f"{geography[1]}.{key.model}", inference_geo=None)
        return key if isinstance(self._find(there, provider, None), str) else there

    def _find(self, key: Key, provider: Provider | None, deployment: Deployment | None) -> Found | str:
        """Go down the ladder; return the rule and how it was found, or why none was."""
        if deployment is not None:
            owner = self._providers.get(deployment.provider.lower())
            behind = self._look_up([Home(owner, deployment.model.lower(), "deployment")]) if owner else None
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

    def _homes(self, provider: Provider | None, name: str) -> Iterator[Home]:
        """Give the name as it is and without each gateway prefix that does not contradict the provider."""
        zone = ""
        # without a provider a prefix that is one's name says whose it is: openai/gpt-4o is not OpenRouter's
        if provider or name.partition("/")[0] not in self._providers:
            yield Home(provider, name)
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
            if provider and any(prefix == known for known, _ in provider.zones):
                zone = prefix
            yield Home(provider, name, "prefix stripped", zone)

    def _look_up(self, homes: list[Home]) -> Found | None:
        """Try every form of a name at its own provider, and only then at the fallbacks."""
        for home in homes:
            found = self._at(home, home.provider.id if home.provider else None)
            if found:
                return found
        for home in homes:
            for other in home.provider.fallback if home.provider else ():
                found = self._at(home, other)
                if found:
                    return found._replace(how=joined(found.how, f"price of {other}"))
        return None

    def _at(self, home: Home, owner: str | None) -> Found | None:
        """Try every form of a name in one provider's list, as the provider of the home writes its names."""
        for form in forms(home.name, home.provider.id if home.provider else None):
            hit = self._names.find(owner, form.name)
            if hit:
                rule_id = self._rule(home.provider, hit[0])
                return Found(rule_id, joined(home.how, form.how) or hit[1], form.context, home.zone)
        return None

    def _rule(self, provider: Provider | None, model: tuple[str, str]) -> int:
        """Find the rule that prices a model as bought from a provider."""
        return self._rule_ids[(provider.id if provider else model[0], *model)]


def is_reserved(key: Key) -> bool:
    """Tell a request that its provider serves from capacity that is paid by the hour."""
    return (key.service_tier or "").lower() in RESERVED


def joined(*parts: str) -> str:
    """Join what was done to a name."""
    return ", ".join(part for part in parts if part)


def context_of(key: Key) -> str:
    """Name the service level as the price rows do; what is standard has no name."""
    tier, speed, geo = ((value or "").lower() for value in (key.service_tier, key.speed, key.inference_geo))
    tier = TIERS.get(tier, tier)
    size = (key.search_context_size or "").lower()
    pairs = {
        "inference_geo": "" if geo in STANDARD["inference_geo"] else geo,
        "processing": "batch" if key.is_batch or tier == "batch" else "",
        "search_context_size": size,
        "service_tier": "" if tier in STANDARD["service_tier"] else tier,
        "speed": "" if speed in STANDARD["speed"] else speed,
    }
    return ";".join(f"{axis}={value}" for axis, value in pairs.items() if value)
