"""How good findings are where the truth is known: random months with texts, without, with some, with counts alone.

Printed are two Markdown tables: what detectors say of waste that was planted, by detector and tier of evidence, and how
much of useful traffic without texts they point at. `python bench/calibration.py 20` takes that many seeds.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from llmcost.detect import detectors
from llmcost.pricing import Book, load_book, shipped_book_path
from tests.calibration.measure import Finding, beside_the_truth, by_key, flagged_usd, heard
from tests.calibration.useful import useful_lines
from tests.calibration.worlds import PARTLY, TAKEN, demo_month, taken, world

SEEDS = 10


def found(book: Book, seeds: range, variants: list[str]) -> list[Finding]:
    """Find what is planted in random worlds and in the demo's month."""
    said = []
    for seed in seeds:
        for calls in (world(seed), demo_month(seed)):
            for variant in variants:
                lines = taken(calls, variant, seed)
                of_log = beside_the_truth(heard(book, (line.record for line in lines)), lines)
                said += by_key(of_log) if variant in PARTLY else of_log
    return said


def table(findings: list[Finding]) -> Iterator[str]:
    """Lay best estimates beside the truth, a line for each detector and tier; a silence is a line of its own."""
    yield "| detector | evidence | findings | range holds | error, median | 90th | found | planted |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    for detector in detectors():
        of_detector = [one for one in findings if one.detector == detector and one.truth_usd]
        silent = [one for one in of_detector if not one.tier]
        for tier in sorted({one.tier for one in of_detector if one.tier}):
            yield line(detector, tier, [one for one in of_detector if one.tier == tier])
        if silent:
            missed = sum((one.truth_usd for one in silent), Decimal(0))
            yield f"| {detector} | nothing said | {len(silent)} | | | | $0 | ${missed:,.2f} |"


def line(detector: str, tier: str, said: list[Finding]) -> str:
    """Say how near the findings of one kind of evidence are to the truth."""
    errors = sorted(abs(one.usd - one.truth_usd) / one.truth_usd for one in said)
    held = sum(one.holds for one in said)
    usd, truth = sum(one.usd for one in said), sum(one.truth_usd for one in said)
    middle, most = errors[len(errors) // 2], errors[len(errors) * 9 // 10]
    return f"| {detector} | {tier} | {len(said)} | {held} | {middle:.1%} | {most:.1%} | ${usd:,.2f} | ${truth:,.2f} |"


def useful(book: Book, seeds: range) -> Iterator[str]:
    """Say which useful traffic is flagged, and how much of its spend."""
    spent: dict[str, Decimal] = defaultdict(Decimal)
    flagged: dict[str, Decimal] = defaultdict(Decimal)
    for seed in seeds:
        said = heard(book, useful_lines(seed))
        for sums, of_seed in ((spent, said.spend_usd), (flagged, flagged_usd(said))):
            for key, usd in of_seed.items():
                sums[key] += usd or 0
    yield f"| {len(spent)} kinds of useful traffic, {len(seeds)} seeds | spend | flagged |"
    yield "|---|---:|---:|"
    for key, usd in [*flagged.items(), ("all of it", sum(flagged.values(), Decimal(0)))]:
        whole = spent.get(key) or sum(spent.values(), Decimal(0))
        yield f"| {key} | ${whole:,.2f} | {usd / whole:.3%} |"


def main() -> None:
    seeds = range(1, 1 + int(sys.argv[1] if len(sys.argv) > 1 else SEEDS))
    book = load_book([shipped_book_path()])
    for variant in TAKEN:
        print(f"\n{variant}, {len(seeds)} seeds:\n")
        print("\n".join(table(found(book, seeds, [variant]))))
    print()
    print("\n".join(useful(book, seeds)))


if __name__ == "__main__":
    main()
