"""Write llmcost.schema.json: what it says of a check comes from the settings of a check. `make fix` runs it."""

from __future__ import annotations

import json
from typing import Any

from llmcost.check_settings import kinds, schema
from tests.conftest import ROOT

FILE = ROOT / "llmcost" / "llmcost.schema.json"


def written() -> dict[str, Any]:
    """Put the present settings of a check into the schema."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    found["properties"]["check"]["properties"] = schema()
    found["$defs"] |= kinds()
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(written(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
