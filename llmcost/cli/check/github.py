"""What a GitHub action reads of a check: the job's summary, its outputs, annotations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import isfinite
from pathlib import Path

from llmcost.check import Checked
from llmcost.check.decision import PASS
from llmcost.check.formats.tables import usd
from llmcost.check.formats.words import headline
from llmcost.render.cell import plain


def summarize(found: Checked, comment: str) -> None:
    """Append to the files that GITHUB_STEP_SUMMARY and GITHUB_OUTPUT name."""
    append("GITHUB_STEP_SUMMARY", comment)
    append("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in outputs(found).items()))


def append(variable: str, text: str) -> None:
    """Append to the file that a variable names, where it names one."""
    file = os.environ.get(variable)
    if file:
        with Path(file).open("a", encoding="utf-8") as opened:
            opened.write(text)


def outputs(found: Checked) -> dict[str, str]:
    """Name the outputs of a step: shares in percent, nothing for what is not known."""
    interval = found.compared.decision.interval
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    return {
        "verdict": found.verdict.outcome,
        "delta-pct": in_percent(None if interval is None else interval.ratio),
        "ci-low": in_percent(low),
        "ci-high": in_percent(high),
        "delta-usd": plain(usd(found.compared.delta_usd)),
    }


def in_percent(ratio: float | None) -> str:
    """Write a ratio as a change in percent."""
    return "" if ratio is None or not isfinite(ratio) else f"{(ratio - 1) * 100:.2f}"


def annotate(found: Checked) -> Iterator[str]:
    """Write an error for each reason, or a warning where it does not pass; and one for an edited baseline."""
    for reason in found.verdict.reasons:
        yield f"::error title=llmcost check::{escaped(reason.text)}"
    if found.is_edited:
        yield f"::warning title=llmcost check::{escaped(found.verdict.notes[-1])}"
    if not found.verdict.reasons and found.verdict.outcome != PASS:
        why = f": {found.verdict.notes[0]}" if found.verdict.notes else ""
        yield f"::warning title=llmcost check::{escaped(headline(found) + why)}"


def escaped(text: str) -> str:
    """Keep a message in one line, as the runner reads it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
