"""Raw API keys that a log holds are not kept: a hash and the last four characters stand for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b

from llmcost.store import Store
from llmcost.store.quote import quoted

# how the keys of providers, clouds and forges begin, and that a long random part follows; tokens of the web; headers
SHAPES = (
    r"\b(?:sk|rk|pk)-[\w-]*[A-Za-z0-9]{12}[\w-]*",
    r"\b(?:gsk|hf|r8|pplx|ghp|gho|ghs|glpat|xai|fw|nvapi|csk|tgp|AIza)[-_]?[\w-]*[A-Za-z0-9]{20}[\w-]*",
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    r"\bxox[abprs]-[\w-]{20,}",
    r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
    r"\b[Bb]earer\s+[\w.~+/=-]{16,}",
)
SHAPE = re.compile("|".join(SHAPES))
SCHEME = re.compile(r"[Bb]earer\s+")
DIGIT, LETTER = re.compile(r"\d"), re.compile(r"[A-Za-z]")
SHOWN = 4
TEXTS = """
    select column_name, data_type
    from duckdb_columns()
    where table_name = 'requests' and data_type in ('VARCHAR', 'VARCHAR[]') and not internal
    order by column_index
"""
# of a closed vocabulary that formats write, so no text of a log
OURS = {"operation_name", "usage_source", "usage_basis", "usage_evidence", "status", "gateway", "error_kind"}


def replace_keys(store: Store, mark: int) -> set[str]:
    """Replace the raw keys in requests whose rowid is over `mark`; return what stands for them."""
    texts = [(quoted(name), kind) for name, kind in store.rows(TEXTS) if name not in OURS]
    joined = ", ".join(name if kind == "VARCHAR" else f"array_to_string({name}, ' ')" for name, kind in texts)
    held = f"rowid > $mark and regexp_matches(concat_ws(' ', {joined}), $shape)"
    rows = {"mark": mark, "shape": SHAPE.pattern}
    if not store.rows(f"select 1 from requests where {held} limit 1", rows):
        return set()
    secret = str(store.value("select getvariable('name_key')")).encode()
    found: set[str] = set()
    for name, kind in texts:
        values = store.rows(f"select distinct {name} from requests where {held} and {name} is not null", rows)
        pairs = [(value, hidden(value, secret, found)) for (value,) in values]
        changed = [(old, new) for old, new in pairs if old != new]
        if changed:
            olds, news = ([pair[at] for pair in changed] for at in (0, 1))
            store.execute(
                f"update requests set {name} = known.new "
                f"from (select unnest($olds::{kind}[]) as old, unnest($news::{kind}[]) as new) as known "
                f"where rowid > $mark and {name} = known.old",
                {"olds": olds, "news": news, "mark": mark},
            )
    return found


def hidden(value: str | list[str | None], secret: bytes, found: set[str]) -> str | list[str | None]:
    """Write a text, or a list of them, with a name for each key in it; the names are added to `found`."""
    if isinstance(value, list):
        return [None if each is None else str(hidden(each, secret, found)) for each in value]
    return "".join(parts(value, secret, found))


def parts(text: str, secret: bytes, found: set[str]) -> Iterator[str]:
    """Cut a text at its keys, and give a name for each."""
    end = 0
    for match in SHAPE.finditer(text):
        key = SCHEME.sub("", match[0])
        if DIGIT.search(key) and LETTER.search(key):
            name = f"key-{blake2b(key.encode(), key=secret[:64], digest_size=6).hexdigest()}-{key[-SHOWN:]}"
            found.add(name)
            yield text[end : match.start()] + name
            end = match.end()
    yield text[end:]
