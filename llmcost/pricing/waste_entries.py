"""Read what a price book says for finding waste from YAML nodes, and refuse what breaks a rule of the format."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

from llmcost.pricing.entries import read_pattern
from llmcost.pricing.loader import Node, only, required, section, span
from llmcost.pricing.waste import CachePolicy, CacheRule, Substitute, Unbilled

POLICIES = ("5m", "1h", "automatic")
WRITES = ("input", "cache_write", "cache_write_1h")
CACHE_NEEDS = ("provider", "models", "min_tokens", "policies")
PROOF = {"source", "checked", "note"}
MAX_WHOLE = 1_000_000_000
MAX_SHARE_DECIMALS = 4


def read_billing(top: dict[str, Node]) -> tuple[Unbilled, ...]:
    """Read `billing`: what names a provider goes before what is for every one."""
    entries = [read_unbilled(node) for node in section(top, "billing")]
    return tuple(sorted(entries, key=lambda entry: entry.provider is None))


def read_cache_rules(top: dict[str, Node]) -> tuple[CacheRule, ...]:
    """Read `cache_rules` in their order."""
    return tuple(read_cache_rule(node) for node in section(top, "cache_rules"))


def read_substitutes(top: dict[str, Node]) -> tuple[Substitute, ...]:
    """Read `substitutes`, one for a model."""
    entries: dict[tuple[str, str], Substitute] = {}
    for node in section(top, "substitutes"):
        entry = read_substitute(node)
        key = (entry.provider, entry.model.lower())
        if key in entries:
            raise node.refuse(f"{entry.provider} {entry.model} stands here a second time")
        entries[key] = entry
    return tuple(entries.values())


def read_unbilled(node: Node) -> Unbilled:
    """Read one entry of `billing`."""
    found = node.mapping({"provider", "not_billed", "from", "to", *PROOF}, "a billing rule")
    statuses: list[int] = []
    for item in required(node, found, "not_billed", "a billing rule").items("not_billed"):
        status = whole_between(item, "not_billed", 400, 599)
        if status in statuses:
            raise item.refuse(f"`not_billed` names {status} twice")
        statuses.append(status)
    provider = only(found, "provider", lambda n: n.text("provider"))
    start, end = span(found)
    source, checked, note = proof(found)
    return Unbilled(provider, tuple(statuses), start, end, source, checked, note, node.place)


def read_cache_rule(node: Node) -> CacheRule:
    """Read one entry of `cache_rules`."""
    keys = {"provider", "models", "from", "to", "min_tokens", "step_tokens", "policies", *PROOF}
    found = node.mapping(keys, "a cache rule")
    needed = {key: required(node, found, key, "a cache rule") for key in CACHE_NEEDS}
    models = tuple(read_pattern(item, "models") for item in needed["models"].items("models"))
    if not models:
        raise needed["models"].refuse("`models` is empty")
    least = whole_between(needed["min_tokens"], "min_tokens", 0)
    step = only(found, "step_tokens", lambda n: whole_between(n, "step_tokens", 1)) or 1
    provider, policies = needed["provider"].text("provider"), read_policies(needed["policies"])
    start, end = span(found)
    source, checked, note = proof(found)
    return CacheRule(provider, models, start, end, least, step, policies, source, checked, note, node.place)


def read_policies(node: Node) -> tuple[CachePolicy, ...]:
    """Read `policies`, each name once; none says that there is no cache."""
    policies: dict[str, CachePolicy] = {}
    for item in node.items("policies"):
        policy = read_policy(item)
        if policy.name in policies:
            raise item.refuse(f"policy {policy.name} stands here a second time")
        policies[policy.name] = policy
    return tuple(policies.values())


def read_policy(node: Node) -> CachePolicy:
    """Read one entry of `policies`."""
    found = node.mapping({"name", "ttl_seconds", "write", "hit_share"}, "a policy")
    nodes = {key: required(node, found, key, "a policy") for key in ("name", "ttl_seconds", "write", "hit_share")}
    return CachePolicy(
        one_of(nodes["name"], "name", POLICIES),
        whole_between(nodes["ttl_seconds"], "ttl_seconds", 1),
        one_of(nodes["write"], "write", WRITES),
        read_hit_share(nodes["hit_share"]),
    )


def read_hit_share(node: Node) -> tuple[Decimal, Decimal, Decimal]:
    """Read low, best and high."""
    shares = [item.number("hit_share") for item in node.items("hit_share")]
    if len(shares) != 3:
        raise node.refuse("`hit_share` must be [low, best, high]")
    for share in shares:
        if share > 1 or -int(share.normalize().as_tuple().exponent) > MAX_SHARE_DECIMALS:
            raise node.refuse(f"`hit_share: {share}` is not a share", "0 to 1, with at most 4 decimals: 0.85")
    if any(after < before for before, after in pairwise(shares)):
        raise node.refuse("`hit_share` does not ascend: it is [low, best, high]")
    return shares[0], shares[1], shares[2]


def read_substitute(node: Node) -> Substitute:
    """Read one entry of `substitutes`."""
    found = node.mapping({"provider", "model", "smaller", "successor", "from", *PROOF}, "a substitute")
    provider, model = (required(node, found, key, "a substitute").text(key) for key in ("provider", "model"))
    smaller, successor = (only(found, key, lambda n, key=key: n.text(key)) for key in ("smaller", "successor"))
    if not smaller and not successor:
        raise node.refuse("a substitute has neither `smaller` nor `successor`")
    for other in (smaller, successor):
        if other and other.lower() == model.lower():
            raise node.refuse(f"{model} cannot stand for itself")
    if ("successor" in found) != ("from" in found):
        raise node.refuse("`successor` and `from` go together", "`from` is the day when the successor was there")
    source, checked, note = proof(found)
    start = only(found, "from", lambda n: n.day("from"))
    return Substitute(provider, model, smaller, successor, start, source, checked, note, node.place)


def proof(found: dict[str, Node]) -> tuple[str | None, date | None, str | None]:
    """Read where an entry was found, when, and what else is to be said."""
    source, note = (only(found, key, lambda n, key=key: n.text(key)) for key in ("source", "note"))
    return source, only(found, "checked", lambda n: n.day("checked")), note


def whole_between(node: Node, what: str, least: int, most: int = MAX_WHOLE) -> int:
    """Read a whole number within limits."""
    number = node.whole(what)
    if not least <= number <= most:
        raise node.refuse(f"`{what}: {number}` is not between {least} and {most}")
    return number


def one_of(node: Node, what: str, known: tuple[str, ...]) -> str:
    """Read one of a few words."""
    text = node.text(what)
    if text not in known:
        raise node.refuse(f"`{what}: {text}` is none of {', '.join(known)}")
    return text
