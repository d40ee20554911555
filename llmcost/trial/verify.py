"""Compare the answers of two models to the same requests: how often they differ, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum, sqrt
from statistics import NormalDist
from typing import Any

from llmcost.errors import FormatError, InputError, UsageError
from llmcost.trial.outputs import Output

LONG_NUMBER = 19
Row = dict[str, Any]


@dataclass(frozen=True)
class Pair:
    """A request of the old model; `is_other` is whether the new one answers otherwise, None if it does not answer."""

    stratum: str | None
    weight: float | None
    is_other: bool | None


@dataclass(frozen=True)
class Comparison:
    """How often answers differ: `rows` by stratum where the old file names them, `totals` of all.

    `differing` are the request_ids to look at, sorted; `unknown` counts answers to requests that the old file lacks;
    `worst` is what the totals would be if every missing answer differed.
    """

    rows: list[Row]
    totals: Row
    differing: tuple[str, ...]
    unknown: int
    worst: Row

    @property
    def upper_share(self) -> float:
        """The upper end of the interval of what was answered; where there are weights, of the two the higher one."""
        return upper(self.totals)

    @property
    def worst_share(self) -> float:
        """The same if every missing answer differed."""
        return upper(self.worst)


def upper(totals: Row) -> float:
    """Take the upper end of an interval; where there are weights, of the two the higher one."""
    return float(max(totals["high_share"], totals.get("weighted_high_share", 0)))


def compare(old: Mapping[str, Output], new: Mapping[str, Output], *, confidence: float = 0.95) -> Comparison:
    """Compare answers request by request. Raises InputError where no request is in both."""
    if not 0 < confidence < 1:
        raise UsageError(f"--confidence {confidence}: between 0 and 1, such as 0.95")
    pairs = {
        name: Pair(output.stratum, output.weight, is_other(output, new[name]) if name in new else None)
        for name, output in old.items()
    }
    if all(pair.is_other is None for pair in pairs.values()):
        raise InputError("not one request_id is in both files", hint="replay the requests that `llmcost sample` lists")
    strata: dict[str | None, list[Pair]] = {}
    for pair in pairs.values():
        strata.setdefault(pair.stratum, []).append(pair)
    rows = [{"stratum": name} | tally(strata[name], confidence) for name in sorted(strata, key=by_number)]
    totals = tally(list(pairs.values()), confidence)
    differing = sorted(name for name, pair in pairs.items() if pair.is_other)
    worst = tally([replace(pair, is_other=pair.is_other is not False) for pair in pairs.values()], confidence)
    shown = [totals] if strata.keys() == {None} else rows
    return Comparison(shown, totals, tuple(differing), len(new.keys() - old.keys()), worst)


def is_other(old: Output, new: Output) -> bool:
    """Tell whether two answers differ: by their texts where both files have them, or else by the given hashes."""
    if old.text and new.text:
        return old.text != new.text
    if old.given and new.given:
        return old.given != new.given
    raise FormatError(f"{new.place}: a text here and a hash there ({old.place})", hint="the same field in both files")


def by_number(stratum: str | None) -> tuple[int, int, str]:
    """Order strata as they count, then names, then what has none."""
    if stratum is None:
        return 2, 0, ""
    return (0, int(stratum), stratum) if stratum.isdecimal() and len(stratum) < LONG_NUMBER else (1, 0, stratum)


def tally(pairs: Sequence[Pair], confidence: float) -> Row:
    """Count pairs, and give the share that differs with its interval; of all requests, too, where they have weights."""
    judged = [pair for pair in pairs if pair.is_other is not None]
    differing = [pair for pair in judged if pair.is_other]
    counts = {"pairs": len(judged), "missing": len(pairs) - len(judged), "disagreements": len(differing)}
    share = len(differing) / len(judged) if judged else None
    found = counts | interval("disagreement_share", "", share, len(judged), confidence)
    if any(pair.weight is None for pair in pairs):
        return found
    heaviest = max((pair.weight or 0 for pair in judged), default=1)
    weights = [(pair.weight or 0) / heaviest for pair in judged]
    whole = fsum(weights)
    weighted = fsum((pair.weight or 0) / heaviest for pair in differing) / whole if judged else None
    # Kish: so many requests of equal weight say as much
    effective = whole**2 / fsum(weight**2 for weight in weights) if judged else 0
    return found | interval("weighted_share", "weighted_", weighted, effective, confidence)


def interval(name: str, prefix: str, share: float | None, trials: float, confidence: float) -> Row:
    """Name a share and the ends of its interval; of nothing nothing is known."""
    low, high = (None, None) if share is None else wilson(share, trials, confidence)
    return {name: share, f"{prefix}low_share": low, f"{prefix}high_share": high}


def wilson(share: float, trials: float, confidence: float = 0.95) -> tuple[float, float]:
    """Give Wilson's interval of a share that was seen in so many trials, two-sided."""
    z = -NormalDist().inv_cdf((1 - confidence) / 2)
    shrunk = 1 + z * z / trials
    middle = (share + z * z / (2 * trials)) / shrunk
    half = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / shrunk
    # at no and at all disagreements one end is the share itself, but for the rounding of binary fractions
    return (0.0 if share == 0 else max(0.0, min(middle - half, share))), (
        1.0 if share == 1 else min(1.0, max(middle + half, share))
    )
