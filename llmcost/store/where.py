"""Conditions of --where: which requests have a value, one of several, one that looks so, or more or less than one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal, InvalidOperation

from llmcost.errors import UsageError
from llmcost.store.quote import literal, quoted
from llmcost.store.when import parse_when

FORM = re.compile(r"\s*([A-Za-z_][A-Za-z_0-9]*)\s*(!=|>=|<=|=|>|<)(.*)", re.DOTALL)
# what a value is made of: a backslash takes the meaning from what follows
PIECE = re.compile(r"\\([\\,*])|(\*)|(,)|(\\|[^\\*,]+)", re.DOTALL)
NUMBERS = ("INTEGER", "BIGINT", "SMALLINT", "TINYINT", "HUGEINT", "UBIGINT", "UINTEGER", "DOUBLE", "DECIMAL", "FLOAT")
FORMS = "write model=gpt-4o,gpt-4*, team!=search, or output_tokens>=1000"


@dataclass(frozen=True)
class Value:
    """One value of a condition: its text, and where it has stars the parts between them."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The value as it was meant, stars as stars."""
        return "*".join(self.parts)

    @property
    def is_glob(self) -> bool:
        """Whether a star stands for anything in it."""
        return len(self.parts) > 1


@dataclass(frozen=True)
class Condition:
    """`column operator values`, read; values of = and != are alternatives."""

    column: str
    operator: str
    values: tuple[Value, ...]


def read_condition(text: str) -> Condition:
    r"""Read `column=value,value`, also with !=, or with one number or time after >, <, >= or <=.

    A star stands for anything; `\*` is a star, `\,` a comma and `\\` a backslash. Raises UsageError for what is not of
    this form.
    """
    found = FORM.fullmatch(text)
    if found is None:
        raise UsageError(f"--where {text}: not of the form column=value", hint=FORMS)
    column, operator, rest = found.groups()
    if operator in ("=", "!="):
        return Condition(column, operator, tuple(values_in(rest)))
    return Condition(column, operator, (Value((rest.strip(),)),))


def values_in(text: str) -> Iterable[Value]:
    """Split a list of values at its commas, and each at its stars."""
    value = [""]
    for taken, star, comma, plain in PIECE.findall(text):
        if comma:
            yield Value(trimmed(value))
            value = [""]
        elif star:
            value.append("")
        else:
            value[-1] += taken or plain
    yield Value(trimmed(value))


def trimmed(parts: list[str]) -> tuple[str, ...]:
    """Take off blanks around a value."""
    return (parts[0].lstrip(), *parts[1:-1], parts[-1].rstrip()) if len(parts) > 1 else (parts[0].strip(),)


def escaped(text: str) -> str:
    """Write a value so that it is read as it is."""
    return re.sub(r"([\\*,])", r"\\\1", text)


def sql_of(texts: Iterable[str], kinds: Mapping[str, str], zone: tzinfo) -> list[str]:
    """Write conditions in SQL; those that name a column twice with = may have either value, with != neither.

    `kinds` are the columns and their types. Raises UsageError for a value that the column cannot have.
    """
    alternatives: dict[tuple[str, str], list[Value]] = {}
    found = []
    for condition in map(read_condition, texts):
        column, operator = condition.column, condition.operator
        kind = kinds[column].partition("(")[0].upper()
        if operator in ("=", "!="):
            alternatives.setdefault((column, operator), []).extend(condition.values)
        else:
            found.append(compared(condition, kind, zone))
    for (column, operator), values in alternatives.items():
        kind = kinds[column].partition("(")[0].upper()
        tests = [has_value(column, kind, value, zone) for value in dict.fromkeys(values)]
        found.append(f"{'not ' if operator == '!=' else ''}({' or '.join(tests)})")
    return found


def has_value(column: str, kind: str, value: Value, zone: tzinfo) -> str:
    """Write whether a column has a value; the empty one is none."""
    if column == "tag":
        # a request with two of the wanted tags is one request
        tags = "case when len(tags) > 0 then tags else [''] end"
        if not value.is_glob:
            return f"list_has_any({tags}, [{literal(value.text)}])"
        return f"len(list_filter({tags}, lambda each: {alike('each', value)})) > 0"
    name = f"coalesce(cast({quoted(column)} as varchar), '')"
    if value.is_glob:
        return alike(name, value)
    if column == "is_file_time" and value.text:
        # formats that always have a time do not say so
        return f"coalesce({quoted(column)}, false) = {typed(column, kind, value.text, zone)}"
    if value.text and (kind in NUMBERS or kind == "BOOLEAN"):
        return f"coalesce({quoted(column)} = {typed(column, kind, value.text, zone)}, false)"
    return f"{name} = {literal(value.text)}"


def alike(text: str, value: Value) -> str:
    """Write whether a text looks as a value with stars does."""
    parts = (re.sub(r"([%_\\])", r"\\\1", part) for part in value.parts)
    return f"{text} like {literal('%'.join(parts))} escape {literal(chr(92))}"


def compared(condition: Condition, kind: str, zone: tzinfo) -> str:
    """Write a comparison. Raises UsageError where the column holds neither numbers nor times."""
    column, operator, text = condition.column, condition.operator, condition.values[0].text
    if kind not in NUMBERS and kind not in ("DATE", "TIMESTAMP"):
        raise UsageError(
            f"--where {column}{operator}{text}: {column} is neither a number nor a time", hint=f"use = or !=: {FORMS}"
        )
    return f"coalesce({quoted(column)} {operator} {typed(column, kind, text, zone)}, false)"


def typed(column: str, kind: str, text: str, zone: tzinfo) -> str:
    """Write a value as the SQL literal of a type. Raises UsageError where it is none."""
    if kind == "BOOLEAN":
        if text.lower() not in ("true", "false"):
            raise UsageError(f"--where {column}: {text or 'nothing'} is neither true nor false", hint=f"{column}=false")
        return text.lower()
    if kind == "DATE":
        try:
            return f"date '{date.fromisoformat(text)}'"
        except ValueError:
            raise UsageError(f"--where {column}: {text} is not a day", hint=f"{column}>=2026-11-01") from None
    if kind == "TIMESTAMP":
        moment = parse_when(text, zone=zone)
        return f"timestamp '{moment.isoformat(sep=' ') if moment else ''}'"
    try:
        number = Decimal(text.replace("_", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    # as it is written out, it must be a number that every engine reads
    if not number.is_finite() or abs(number.adjusted()) > 18:
        raise UsageError(f"--where {column}: {text or 'nothing'} is not a number", hint=f"{column}>=1000")
    return f"{number:f}"
