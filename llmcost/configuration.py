"""llmcost.yaml, of this folder or the nearest above: budgets, alerts, limits of checks, a team's own detectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from llmcost.alerts.rules import AlertSettings
from llmcost.check_settings import CheckSettings
from llmcost.pricing.loader import Node, only, read_yaml, required, section
from llmcost.report.budget import EVERYTHING, Budget
from llmcost.throttle.settings import ThrottleSettings, throttle_of

NAME = "llmcost.yaml"
PERIODS = {"monthly_usd": "month", "daily_usd": "day"}


@dataclass(frozen=True)
class Configuration:
    """What llmcost.yaml says: parameters by detector, the folder of a team's own, budgets, checks, alerts, throttle."""

    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    folder: Path | None = None
    budgets: tuple[Budget, ...] = ()
    check: CheckSettings = field(default_factory=CheckSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    throttle: ThrottleSettings = field(default_factory=ThrottleSettings)


def open_configuration() -> Configuration:
    """Read the llmcost.yaml of this folder or the nearest one above; without one nothing is decided."""
    path = configuration_path()
    return read_configuration(path) if path else Configuration()


def configuration_path() -> Path | None:
    """Find the llmcost.yaml of this folder or the nearest one above."""
    here = Path.cwd()
    return next((folder / NAME for folder in (here, *here.parents) if (folder / NAME).is_file()), None)


def read_configuration(path: Path) -> Configuration:
    """Read one llmcost.yaml. Raises UsageError, its message beginning with FILE:LINE, for anything unknown."""
    top = read_yaml(path).mapping({"detect", "budgets", "check", "alerts", "throttle"}, NAME)
    budgets = tuple(budget for node in section(top, "budgets") for budget in budgets_of(node))
    check = only(top, "check", check_of) or CheckSettings()
    alerts = only(top, "alerts", read_alerts) or AlertSettings()
    throttle = only(top, "throttle", throttle_of) or ThrottleSettings()
    if "detect" not in top:
        return Configuration(budgets=budgets, check=check, alerts=alerts, throttle=throttle)
    detect = top["detect"].mapping({"folder", "settings"}, "detect")
    settings = detect["settings"].pairs("settings") if "settings" in detect else {}
    return Configuration(
        {name: values_of(node, name) for name, node in settings.items()},
        only(detect, "folder", lambda node: folder_of(node, path)),
        budgets,
        check,
        alerts,
        throttle,
    )


def read_alerts(node: Node) -> AlertSettings:
    """Read the section `alerts`; what it takes, all channels among it, is not loaded where there is none."""
    from llmcost.alerts.reading import alerts_of

    return alerts_of(node)


def check_of(node: Node) -> CheckSettings:
    """Read the settings of a check as they are written."""
    known = {setting.name for setting in fields(CheckSettings)}
    return CheckSettings(**{name: value.text(name) for name, value in node.mapping(known, "check").items()})


def budgets_of(node: Node) -> Iterator[Budget]:
    """Read one entry: of whom, and what a month, a day or both may cost."""
    found = node.mapping({"of", *PERIODS}, "a budget")
    column, equals, value = required(node, found, "of", "a budget").text("of").partition("=")
    if not found.keys() & PERIODS.keys():
        raise node.refuse("a budget has no amount", "monthly_usd: 2000 or daily_usd: 100")
    for key, period in PERIODS.items():
        if key in found:
            amount = found[key].number(key)
            if not amount:
                raise found[key].refuse(f"`{key}: 0` is not a budget")
            is_all = column == EVERYTHING
            yield Budget(None if is_all else column, value if equals and not is_all else None, period, amount)


def values_of(node: Node, detector: str) -> dict[str, Any]:
    """Read the parameters of one detector as they are written."""
    return {name: value.text(name) for name, value in node.pairs(detector).items()}


def folder_of(node: Node, path: Path) -> Path:
    """Find a folder that is named relative to its file."""
    folder = path.parent / node.text("folder")
    if not folder.is_dir():
        raise node.refuse(f"folder: {folder} is not a folder")
    return folder
