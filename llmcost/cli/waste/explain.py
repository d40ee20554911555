"""`llmcost detect NAME --explain` and `--sql`: what a detector looks for, and its query."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.cli.detectors import known_detectors, pick
from llmcost.cli.reading import TableOptions
from llmcost.configuration import open_configuration
from llmcost.detect import Detector


def run_explain(table: TableOptions, name: str, *, sql: bool) -> int:
    """Print a detector's words, or its query as it is run."""
    table.refuse_choice("what a detector is", "leave --explain and --sql out")
    known = known_detectors(open_configuration())
    for detector in (known[each] for each in pick(name, known)):
        print(detector.query.strip() if sql else "\n".join(words_of(detector)))
    return 0


def words_of(detector: Detector) -> Iterator[str]:
    """Say what a detector looks for, what to do about it, what it needs and what can be set."""
    yield f"{detector.name}: {detector.title}"
    yield f"  why:   {detector.why}"
    yield f"  fix:   {detector.advice}"
    for need in detector.needs:
        yield f"  needs: {' or '.join(need['fields'])}" + (f", where {need['of']}" if "of" in need else "")
    for parameter, default in detector.params.items():
        yield f"  --set {parameter}={default}"
