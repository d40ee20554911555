"""Which logs hold no prompts, and the one setting of what wrote them that would bring these in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources

import yaml

from llmcost.store import Scope

TEXTS = resources.files("llmcost.doctor") / "texts.yaml"
# fewer are failures before a prompt was known, or tests
LEAST_SHARE = 0.1
LACKING = """
    select
        format,
        gateway,
        emitter_version,
        count(case when prompt_hash is null and embedding_item_hashes is null then 1 end) as lacking,
        count(*) as answered
    from scope
    where status = 'ok' and input_tokens > 0
    group by format, gateway, emitter_version
    order by format, gateway nulls first, emitter_version nulls first
"""

HASHES = """
    select
        count(*),
        count(prompt_hash) + count(system_prompt_hash) + count(output_hash) + count(embedding_item_hashes)
    from scope
"""


@dataclass(frozen=True)
class Text:
    """How logs of some formats, by some emitters if it names any, come to hold texts: what to `do`, or why not."""

    formats: list[str]
    emitters: list[str] = field(default_factory=list)
    do: str = ""
    because: str = ""
    source: str = ""

    def fits(self, log_format: str, emitter: str) -> bool:
        """Tell whether it is about the logs of an emitter."""
        named = not self.emitters or any(fnmatchcase(emitter, pattern) for pattern in self.emitters)
        return log_format in self.formats and named

    @property
    def note(self) -> str:
        """Say what to do, or that there is nothing."""
        return f"no prompts: {self.do or self.because}"


@cache
def texts() -> list[Text]:
    """Read what is known of formats and their settings."""
    return [Text(**entry) for entry in yaml.safe_load(TEXTS.read_text(encoding="utf-8"))]


def lacking_texts(scope: Scope) -> Iterator[tuple[str, int, float, str]]:
    """List what wrote answered requests without prompts: its name, how many, their share of the scope, what to do."""
    everything = int(scope.value("select count(*) from scope"))
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for log_format, gateway, emitter_version, lacking, answered in scope.rows(LACKING):
        emitter = (emitter_version or "").partition(" ")[0]
        text = next((text for text in texts() if text.fits(log_format, emitter)), None)
        if text:
            subject = subject_of(log_format, emitter if text.emitters else gateway)
            before = sums.get((subject, text.note), (0, 0))
            sums[subject, text.note] = (before[0] + lacking, before[1] + answered)
    for (subject, note), (lacking, answered) in sums.items():
        if lacking and lacking >= LEAST_SHARE * answered:
            yield subject, lacking, lacking / everything, note


def not_hashed(scope: Scope) -> Iterator[tuple[str, int, float, str]]:
    """Say what may have been left out at ingest: where nothing at all has a hash, nobody knows why."""
    count, hashes = scope.rows(HASHES)[0]
    if count and not hashes:
        yield "ingest", count, 1.0, "no hash of any text: if read with --text none, read these logs again without it"


def subject_of(log_format: str, name: str | None) -> str:
    """Name a format, and who wrote it where that is another name."""
    return f"{log_format} {name}" if name and name != log_format else log_format
