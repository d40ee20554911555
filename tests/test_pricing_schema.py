"""The schema that editors read says what the loader says, no more keys and no fewer."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from llmcost.errors import PriceBookError
from llmcost.pricing import Key, load_book, shipped_book_path
from llmcost.pricing.resolve import context_of
from tests.readme import ROOT
from tests.test_pricing_loader import BAD, GOOD

SCHEMA = json.loads((resources.files("llmcost") / "pricing" / "pricing.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
OBJECTS = {"book": SCHEMA} | {k: v for k, v in SCHEMA["$defs"].items() if v.get("additionalProperties") is False}

# A book with every kind of object in it, and where each kind stands.
FULL = """\
format: llmcost-pricing/1
currency: USD
sources: {checked: 2026-05-04}
providers:
  - {id: acme, names: [acme-cloud], fallback: [reseller], resells: true, ids: ["acme.*"], zones: {eu: 1.1}}
models:
  - provider: acme
    model: heron
    match: ["heron-*"]
    prices:
      - from: 2026-01-01
        to: 2026-02-01
        input: 3
        tiers: [{over: 200000, input: 6}, {at_least: 300000, input: 7}]
        variants:
          - {when: {processing: batch, inference_geo: us}, input: 1, tiers: [{over: 9, input: 2}]}
          - {when: {speed: fast}, multiply: 2}
        windows:
          - {days: [mon], from: "01:00", to: "24:00", input: 2}
          - {from: "00:00", to: "00:30", multiply: 0.5}
        source: a list
        checked: 2026-01-02
        note: a note
deployments: [{name: prod, provider: acme, model: heron, billing: provisioned, note: a note}]
adjust: [{provider: acme, model: heron, from: 2026-01-01, to: 2027-01-01, multiply: 0.9, note: a note}]
billing:
  - provider: acme
    not_billed: [400, 429]
    from: 2026-01-01
    to: 2027-01-01
    source: a page
    checked: 2026-01-02
    note: a note
cache_rules:
  - provider: acme
    models: ["heron-*"]
    from: 2026-01-01
    to: 2027-01-01
    min_tokens: 1024
    step_tokens: 128
    policies: [{name: 5m, ttl_seconds: 300, write: cache_write, hit_share: [0.85, 1, 1]}]
    source: a page
    checked: 2026-01-02
    note: a note
substitutes:
  - provider: acme
    model: heron
    smaller: wren
    successor: owl
    from: 2026-01-01
    source: a page
    checked: 2026-01-02
    note: a note
"""
Place = tuple[str | int, ...]
PLACES: dict[str, Place] = {
    "book": (),
    "provider": ("providers", 0),
    "model": ("models", 0),
    "price": ("models", 0, "prices", 0),
    "tier": ("models", 0, "prices", 0, "tiers", 0),
    "variant": ("models", 0, "prices", 0, "variants", 0),
    "when": ("models", 0, "prices", 0, "variants", 0, "when"),
    "window": ("models", 0, "prices", 0, "windows", 0),
    "deployment": ("deployments", 0),
    "adjust": ("adjust", 0),
    "unbilled": ("billing", 0),
    "cache_rule": ("cache_rules", 0),
    "policy": ("cache_rules", 0, "policies", 0),
    "substitute": ("substitutes", 0),
}

# What no schema can see: order, overlap and repetition, and how a number was written before YAML read it.
BEYOND = {
    "a duplicate key",
    "exponent",
    "ten decimals",
    "periods out of order",
    "the same day twice",
    "a later period without from",
    "overlapping periods",
    "to before from",
    "tiers out of order",
    "one service level twice",
    "a combination beside its parts",
    "hours over midnight",
    "hours that overlap",
    "a model twice",
    "a broken regular expression",
    "a billing rule to before from",
    "a broken pattern of a cache rule",
    "a policy twice",
    "shares that do not ascend",
    "a share of five decimals",
    "a model that stands for itself",
    "a model with two substitutes",
}

# Where the schema asks for more than the loader does: a tier has a rate, hours have a day, a note is text.
STRICTER = {
    *((*PLACES["tier"][:-1], tier, "input") for tier in (0, 1)),
    (*PLACES["variant"], "tiers", 0, "input"),
    (*PLACES["window"], "days"),
    (*PLACES["window"], "days", 0),
    (*PLACES["deployment"], "note"),
    (*PLACES["adjust"], "note"),
}


class Editor(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads YAML as an editor does (version 1.2): a day is text, and so are `yes` and `16:30`."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


Editor.add_implicit_resolver("tag:json", re.compile(r"(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?)$"), None)
Editor.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile("<<"), ["<"])
Editor.add_constructor("tag:json", lambda loader, node: json.loads(node.value))


def refusals(text: str) -> list[str]:
    """What the schema has against a book."""
    try:
        book = yaml.load(text, Loader=Editor)
    except yaml.YAMLError as error:
        return [str(error)]
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(book)]


def load(folder: Path, text: str) -> None:
    """Have the loader read a book."""
    path = folder / "book.yaml"
    path.write_text(text, encoding="utf-8")
    load_book([path])


def is_refused(folder: Path, text: str) -> bool:
    try:
        load(folder, text)
    except PriceBookError:
        return True
    return False


def disagreements(folder: Path, texts: dict[Place, str]) -> dict[Place, list[str]]:
    """The books of which loader and schema think differently, with what the schema has against them."""
    told = {place: refusals(text) for place, text in texts.items()}
    return {
        place: refused
        for place, refused in told.items()
        if is_refused(folder, texts[place]) != bool(refused) and not (refused and place in STRICTER)
    }


def at(book: Any, place: Place) -> Any:
    for step in place:
        book = book[step]
    return book


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every key and every item of a book."""
    steps = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for step in steps:
        yield (*place, step)
        yield from places(value[step], (*place, step))


def changed(place: Place, *replacement: Any) -> str:
    """The full book with one key or item replaced, or taken away."""
    book = copy.deepcopy(yaml.load(FULL, Loader=Editor))
    parent = at(book, place[:-1])
    if replacement:
        parent[place[-1]] = replacement[0]
    else:
        del parent[place[-1]]
    return str(yaml.safe_dump(book, sort_keys=False))


def test_the_schema_is_one() -> None:
    meta = Draft202012Validator(Draft202012Validator.META_SCHEMA)

    assert [] == [error.message for error in meta.iter_errors(SCHEMA)]


def test_no_kind_of_object_is_forgotten_here() -> None:
    assert set(PLACES) == set(OBJECTS)


@pytest.mark.parametrize("kind", PLACES)
def test_the_schema_has_the_keys_that_the_loader_knows(tmp_path: Path, kind: str) -> None:
    with pytest.raises(PriceBookError) as refused:
        load(tmp_path, changed((*PLACES[kind], "mystery"), 1))

    known = refused.value.hint.removeprefix("known: ").split(", ")
    assert known == sorted(OBJECTS[kind]["properties"])


def test_every_key_is_described_in_sentences() -> None:
    described = {f"{kind}.{key}": spec for kind, entry in OBJECTS.items() for key, spec in entry["properties"].items()}

    said = {
        key: spec.get("description") or at(SCHEMA, spec["$ref"].split("/")[1:])["description"]
        for key, spec in described.items()
    }
    assert [] == [key for key, text in said.items() if not text.endswith(".")]


def test_the_shipped_book_is_valid() -> None:
    assert [] == refusals(shipped_book_path().read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", [GOOD, FULL], ids=["good", "full"])
def test_what_the_loader_takes_is_valid(tmp_path: Path, text: str) -> None:
    load(tmp_path, text)

    assert [] == refusals(text)


def test_the_books_in_the_docs_are_valid(tmp_path: Path) -> None:
    books = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "pricing.md").read_text(encoding="utf-8"), re.DOTALL)

    assert books
    for text in books:
        load(tmp_path, text)
        assert [] == refusals(text)


@pytest.mark.parametrize("name", BAD)
def test_what_the_loader_refuses_is_refused_where_a_schema_can_see_it(name: str) -> None:
    assert (name not in BEYOND) == bool(refusals(BAD[name][0]))


def test_loader_and_schema_agree_on_what_may_be_missing(tmp_path: Path) -> None:
    texts = {place: changed(place) for place in places(yaml.load(FULL, Loader=Editor))}

    assert {} == disagreements(tmp_path, texts)


@pytest.mark.parametrize("value", ["", [], {}, [[]]], ids=repr)
def test_loader_and_schema_agree_on_what_has_the_wrong_shape(tmp_path: Path, value: object) -> None:
    texts = {place: changed(place, value) for place in places(yaml.load(FULL, Loader=Editor))}

    assert {} == disagreements(tmp_path, texts)


@pytest.mark.parametrize("axis", ["service_tier", "speed", "inference_geo"])
def test_a_service_level_that_no_request_can_have_is_refused(axis: str) -> None:
    never = OBJECTS["when"]["properties"][axis]["not"]["enum"]

    for value in never:
        key = Key(None, "heron", None, None, False, None, None)._replace(**{axis: value})
        assert context_of(key) in ("", "processing=batch")
