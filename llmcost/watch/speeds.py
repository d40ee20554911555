"""How long answers take, by provider and model."""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime

from llmcost.alerts.slots import slot_of
from llmcost.watch.kept import hour_to
from llmcost.watch.snapshot import Speed
from llmcost.watch.sums import Sums


def speeds(sums: Sums, now: datetime) -> tuple[Speed, ...]:
    """Say how long the answers of the last hour took, the slowest first."""
    counts: dict[tuple[str | None, str | None], dict[str, Counter[int]]] = {}
    for _, provider, model, what, bucket, answers in sums.recent["waits"].between(hour_to(slot_of(now)), slot_of(now)):
        found = counts.setdefault((provider, model), {"whole": Counter(), "first": Counter()})
        found[what][bucket] += answers
    rows = [
        Speed(
            provider,
            model,
            found["whole"].total(),
            *(percentile(found["whole"], share) for share in (0.5, 0.95, 0.99)),
            *(percentile(found["first"], share) for share in (0.5, 0.95)),
        )
        for (provider, model), found in counts.items()
    ]
    return tuple(sorted(rows, key=lambda one: (-(one.p95_ms or 0), one.provider or "", one.model or "")))


def percentile(counts: Counter[int], share: float) -> float | None:
    """Find the milliseconds that a share took no longer than, in the middle of its step."""
    total = counts.total()
    wanted = math.ceil(share * total - 1e-9)
    for bucket in sorted(counts):
        wanted -= counts[bucket]
        if wanted <= 0:
            return float(1.05 ** (bucket - 0.5))
    return None
