"""The section `alerts` of llmcost.yaml: the schema and the program take the same, and complaints have lines."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from llmcost.alerts.metric import metrics
from llmcost.alerts.reading import FEW_KEYS, KEYS
from llmcost.alerts.rules import Rule, founding_rules
from llmcost.configuration import read_configuration
from llmcost.errors import UsageError
from tests.conftest import ROOT
from tests.logs import write

SCHEMA = json.loads((ROOT / "llmcost" / "llmcost.schema.json").read_text())
VALID = jsonschema.Draft202012Validator(SCHEMA)


def rules_of(folder: Path, text: str) -> tuple[Rule, ...]:
    return read_configuration(write(folder / "llmcost.yaml", text)).alerts.rules


def test_without_the_section_the_founding_rules_hold(tmp_path: Path) -> None:
    assert founding_rules() == rules_of(tmp_path, "budgets: []")
    assert founding_rules() == rules_of(tmp_path, "alerts: {rules: {}}")


def test_a_rule_changes_what_it_says_and_no_other(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, "alerts: {rules: {cost-spike: {by: key, times: 3}, latency: 'off'}}")

    assert (Rule("cost-spike", by="key", times=3, baseline="same_hour", floor=5, hold=900),) == tuple(
        rule for rule in rules if rule.name == "cost-spike"
    )
    assert {"cost-spike", "cache-drop", "errors", "key-budget", "daily-spend", "stale-logs"} == {
        rule.name for rule in rules
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rule: {}", "unknown key `rule` in alerts"),
        ("rules: {x: {ober: 1}}", "unknown key `ober` in x"),
        ("rules: {x: {over: much}}", "`over: much` is not a plain number"),
        ("rules: {x: {over: 1, window: 7m}}", "`window: 7m` is not a number of times five minutes"),
        ("rules: {x: {over: 1, window: soon}}", "`window: soon` is not a length of time"),
        ("rules: {x: {over: 1, for: 2d}}", "`for: 2d` is more than a day"),
        ("rules: {x: {over: 1, metric: costs}}", "`metric: costs`: there is none of this name"),
        ("rules: {x: {metric: cost_usd}}", "x has no limit"),
        ("rules: {x: {over: 1, below: 1}}", "x has more than one limit"),
        ("rules: {x: {times: 2}}", "x: `times` of what\\?"),
        ("rules: {x: {over: 2, baseline: mean_7d}}", "x: `over` is a limit by itself"),
        ("rules: {x: {times: 2, baseline: same_hour, metric: p95_s}}", "x: same_hour is for sums that grow"),
        ("rules: {x: {over: 1, by: block}}", "`by: block`: a rule looks at times one after the other"),
        ("rules: {x: {over: 1, by: tag}}", "`by: tag`: a request has several tags"),
        ("rules: {X: {over: 1}}", "X: a rule is called by small letters"),
        ("rules: {key-budget: {over: 1}}", "unknown key `over` in key-budget"),
        ("rules: {x: {sql: select 1, over: 1, by: key}}", "x: a query names its groups itself"),
        ("tz: Mars", "tz Mars: no such time zone"),
        ("evaluation_delay: 2 minutes", "`evaluation_delay: 2 minutes` is not a length of time"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=rf"llmcost.yaml:2: {words}"):
        rules_of(tmp_path, f"alerts:\n  {text}")


@pytest.mark.parametrize(
    "text",
    [
        "{evaluation_delay: 5m, tz: Europe/Berlin}",
        "{rules: {cost-spike: {times: 3, floor: 1}, latency: 'off'}}",
        "{rules: {mine: {metric: cost_usd, by: [team, project], over: 100, window: 1h, for: 10m}}}",
        "{rules: {mine: {sql: select 1, over: 5%}}}",
        "{rules: {mine: {metric: requests, below: 50%, baseline: mean_7d}}}",
        "{rules: {key-budget: {by: team, warn: 50%}, stale-logs: {times: 3}}}",
        "{rules: {key-budget: {over: 1}}}",
        "{rules: {daily-spend: {times: 1.5, floor: 20, warn: 90%}}}",
        "{rules: {daily-spend: {by: key}}}",
        "{rules: {mine: {over: 1, by: tag}}}",
        "{rules: {mine: {over: -1}}}",
        "{rules: {mine: {over: 1, window: 1 hour}}}",
        "{rules: {Mine: {over: 1}}}",
        "{rules: [mine]}",
        "{tz: ''}",
        "{speed: 1}",
    ],
)
def test_the_schema_and_the_program_take_the_same(tmp_path: Path, text: str) -> None:
    try:
        rules_of(tmp_path, f"alerts: {text}")
        is_read = True
    except UsageError:
        is_read = False

    assert VALID.is_valid(yaml.safe_load(f"alerts: {text}")) == is_read


def test_the_schema_names_the_metrics_and_the_keys_that_there_are() -> None:
    rule = SCHEMA["$defs"]["rule"]["properties"]
    rules = SCHEMA["properties"]["alerts"]["properties"]["rules"]["properties"]

    assert sorted(metrics()) == rule["metric"]["enum"]
    assert rule.keys() == KEYS
    assert FEW_KEYS == {name: set(said["anyOf"][1]["properties"]) for name, said in rules.items()}
