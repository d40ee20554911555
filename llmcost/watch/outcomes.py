"""What came of each provider's requests."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import numpy as np

from llmcost.alerts.observe import wilson_low
from llmcost.alerts.slots import slot_of
from llmcost.watch.kept import hour_to
from llmcost.watch.snapshot import Health
from llmcost.watch.sums import Sums

REFUSED = "refused_by_gateway"
OK, FAILING, SOME, QUIET = "ok", "failing", "some errors", "quiet"
# the slots that tell how a provider is now, and what is too much, as the alert `errors` has it
NOW_SLOTS = 3
LIMIT, LEAST_ERRORS = 0.05, 5
Kinds = Counter[str | None]


def health_of(sums: Sums, now: datetime) -> tuple[Health, ...]:
    """Say how each provider is, those with most failures first."""
    last = slot_of(now)
    hour, present = by_provider(sums, hour_to(last), last), by_provider(sums, last - NOW_SLOTS + 1, last)
    found = [health(provider, kinds, present.get(provider, Counter())) for provider, kinds in hour.items()]
    return tuple(sorted(found, key=lambda one: (-one.errors, -one.requests, one.provider or "")))


def by_provider(sums: Sums, first: int, last: int) -> dict[str | None, Kinds]:
    """Count what came of requests; None is an answer."""
    found: dict[str | None, Kinds] = {}
    for _, provider, kind, requests in sums.recent["outcomes"].between(first, last):
        found.setdefault(provider, Counter())[kind] += requests
    return found


def health(provider: str | None, hour: Kinds, present: Kinds) -> Health:
    """Describe one provider; what the gateway refused has not reached it."""
    kinds = {str(kind): count for kind, count in hour.items() if kind not in (None, REFUSED)}
    return Health(
        provider,
        word(present),
        hour.total() - hour[REFUSED],
        sum(kinds.values()),
        hour[REFUSED],
        tuple(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
    )


def word(kinds: Kinds) -> str:
    """Say in a word how a provider is now."""
    requests = kinds.total() - kinds[REFUSED]
    errors = requests - kinds[None]
    if not requests:
        return QUIET
    if errors >= LEAST_ERRORS and float(wilson_low(np.array(errors / requests), np.array(float(requests)))) > LIMIT:
        return FAILING
    return SOME if errors / requests > LIMIT else OK
