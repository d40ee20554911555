"""Where things stand when nobody says otherwise, seen from the current folder."""

from __future__ import annotations

from pathlib import Path

DEFAULT_DB = Path("llmcost.duckdb")
DEFAULT_BASELINE = Path(".llmcost/baseline.json")
