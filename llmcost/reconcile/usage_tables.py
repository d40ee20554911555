"""Usage reports that are tables: what the consoles of OpenAI and Anthropic export of the tokens that they counted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from llmcost.reconcile.bill import moment
from llmcost.reconcile.tables import Cells, first, record, rows_of
from llmcost.reconcile.usage import UsageReport, Used, report_of, whole


@dataclass(frozen=True)
class UsageTable:
    """The columns of one kind of table, lower-case; `parts` of the input, `writes` and `outputs` are added up."""

    provider: str
    day: tuple[str, ...]
    model: tuple[str, ...]
    requests: tuple[str, ...]
    parts: tuple[str, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    outputs: tuple[str, ...]

    def fits(self, columns: set[str]) -> bool:
        """Tell whether a table with these columns is of this kind."""
        return bool(columns & set(self.day) and columns & set(self.parts) and columns & set(self.outputs))


TABLES = (
    UsageTable(
        "openai",
        day=("start_time_iso", "start_time"),
        model=("model",),
        requests=("num_model_requests",),
        parts=("input_tokens", "input_audio_tokens"),
        reads=("input_cached_tokens",),
        writes=(),
        outputs=("output_tokens", "output_audio_tokens"),
    ),
    UsageTable(
        "anthropic",
        day=("usage_date_utc",),
        model=("model_version", "model"),
        requests=(),
        parts=(
            *("usage_input_tokens_no_cache", "usage_input_tokens_cache_read"),
            *("usage_input_tokens_cache_write_5m", "usage_input_tokens_cache_write_1h"),
        ),
        reads=("usage_input_tokens_cache_read",),
        writes=("usage_input_tokens_cache_write_5m", "usage_input_tokens_cache_write_1h"),
        outputs=("usage_output_tokens",),
    ),
)


def read_usage_table(text: str, path: Path) -> UsageReport | None:
    """Read a table of usage by the names of its columns; None where they are none, or name costs as well."""
    rows = rows_of(text, path)
    _, head = next(rows)
    columns = [cell.strip().lower() for cell in head]
    kind = next((kind for kind in TABLES if kind.fits(set(columns))), None)
    if kind is None:
        return None
    return report_of(
        kind.provider, [used_in(kind, record(columns, cells, place), place) for place, cells in rows], path
    )


def used_in(kind: UsageTable, cells: Cells, place: str) -> Used:
    """Read one row."""

    def total(names: tuple[str, ...]) -> int:
        return sum(whole(number(cells.get(name)), f"{place}: {name}") for name in names)

    return Used(
        moment(first(cells, kind.day), place).date(),
        first(cells, kind.model) or None,
        total(kind.requests) if kind.requests else None,
        total(kind.parts),
        total(kind.reads),
        total(kind.writes),
        total(kind.outputs),
    )


def number(text: str | None) -> Decimal | str | None:
    """Read a cell as a number; one that is none is refused where it is counted."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return text
