"""llmcost.yaml: its schema and the program accept the same."""

from __future__ import annotations

import json
import re
from dataclasses import Field, fields
from pathlib import Path

import jsonschema
import pytest
import yaml

from llmcost.check_settings import TIMES, CheckSettings
from llmcost.configuration import read_configuration
from llmcost.detect import detectors
from llmcost.errors import UsageError
from tests.conftest import ROOT
from tests.schema import written

SCHEMA = json.loads((ROOT / "llmcost" / "llmcost.schema.json").read_text())
EXAMPLE = re.search(r"```yaml\n(.*?)```", (ROOT / "docs" / "detectors.md").read_text(), re.DOTALL)


def test_the_documented_example_is_valid_and_read(tmp_path: Path) -> None:
    assert EXAMPLE is not None
    (tmp_path / "detectors").mkdir()
    path = tmp_path / "llmcost.yaml"
    path.write_text(EXAMPLE[1])
    jsonschema.validate(yaml.safe_load(EXAMPLE[1]), SCHEMA)
    configuration = read_configuration(path)

    assert configuration.folder == tmp_path / "detectors"
    assert configuration.settings["retries"] == {"max_gap_seconds": "30"}
    assert all(params.keys() <= detectors()[name].params.keys() for name, params in configuration.settings.items())


@pytest.mark.parametrize(
    "text",
    [
        "detekt: {}",
        "detect: {folders: x}",
        "detect: {settings: [retries]}",
        "detect: {settings: {retries: [1]}}",
        "- detect",
    ],
)
def test_what_the_schema_refuses_the_program_refuses(tmp_path: Path, text: str) -> None:
    path = tmp_path / "llmcost.yaml"
    path.write_text(text)

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), SCHEMA)
    with pytest.raises(UsageError, match=r"llmcost.yaml:1"):
        read_configuration(path)


def test_the_schema_says_of_a_check_what_the_program_says() -> None:
    assert SCHEMA == written()


@pytest.mark.parametrize("setting", fields(CheckSettings), ids=lambda setting: setting.name)
@pytest.mark.parametrize("text", ["5%", "3x", "$0.01", "0.5", "1", "none", "much", "-1", "5 %", "metadata.id"])
def test_the_schema_and_the_program_take_the_same_limits(setting: Field[str], text: str) -> None:
    is_valid = jsonschema.Draft202012Validator(SCHEMA).is_valid({"check": {setting.name: text}})
    try:
        if "kind" in setting.metadata:
            CheckSettings(**{setting.name: text}).value(setting.name)
        is_read = True
    except UsageError:
        is_read = False

    # a pattern has no bound
    is_too_small = setting.metadata.get("kind") is TIMES and text in ("0.5", "1")
    assert is_valid == (is_read or is_too_small)


def test_the_documentation_has_the_usual_limits() -> None:
    rows = re.findall(r"^\| (`--max[^|]*) \| ([^|]*) \|", (ROOT / "docs" / "check.md").read_text(), re.MULTILINE)
    said = {name: usual.strip("`") for names, usual in rows for name in re.findall(r"--([a-z-]+)", names)}
    known = {
        one.name.replace("_", "-"): one.metadata["usual"] for one in fields(CheckSettings) if "usual" in one.metadata
    }

    assert said.keys() == {name for name in known if name.startswith("max-") and name != "max-increase"}
    assert said == {name: usual for name, usual in known.items() if name in said}


@pytest.mark.parametrize("name", ["max_increase", "min_increase_usd"])
def test_the_action_and_its_page_have_the_usual_limits(name: str) -> None:
    usual = {one.name: one.metadata.get("usual") for one in fields(CheckSettings)}[name]
    inputs = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    (row,) = re.findall(
        r"^\| `max-increase`, `min-increase-usd` .*$", (ROOT / "docs" / "ci.md").read_text(), re.MULTILINE
    )

    assert f"; {usual}, where llmcost.yaml says nothing else" in inputs[name.replace("_", "-")]["description"]
    assert f"`{usual}`" in row


def test_the_schema_takes_every_default_of_the_shelf() -> None:
    settings = {name: detector.params for name, detector in detectors().items()}

    assert jsonschema.Draft202012Validator(SCHEMA).is_valid({"detect": {"settings": settings}})
