"""What DuckDB says against a line, in words of a fixed list alone: its own message may quote the log."""

from __future__ import annotations

import re

from llmcost.ingest.format import Format
from llmcost.ingest.prepare import macro_texts

# of DuckDB's messages; what stands between these words may be a value of the line
PHRASES = (
    *("Could not convert", "JSON transform error", "Malformed JSON", "Map keys", "map key list", "invalid unicode"),
    *("invalid timestamp", "timestamp field value out of range", "invalid date", "out of range", "Overflow"),
    *("NOT NULL constraint failed", "Expected OBJECT", "Expected ARRAY", "Expected LIST", "division by zero"),
    *("to UINT64", "to INT64", "to INT32", "to INT16", "to DOUBLE", "to DECIMAL", "to BOOL", "destination type INT64"),
)
LITERAL = re.compile(r"'([^'\n]+)'")
MISSING = " is missing"


def refusal_of(error: Exception, format: Format) -> str:
    """Say why DuckDB refuses a line: the text that a macro or the query raises, or the kind of error and PHRASES."""
    said = str(error)
    raised = said.partition(": ")[2]
    if raised.removesuffix(MISSING) in texts_of(format):
        return raised
    return ", ".join([type(error).__name__, *(phrase for phrase in PHRASES if phrase in said)])


def texts_of(format: Format) -> set[str]:
    """Collect the texts that stand in our own SQL: what it raises is one of them."""
    return {text for sql in (*macro_texts([format]), format.query) for text in LITERAL.findall(sql)}
