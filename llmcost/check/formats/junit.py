"""A check as JUnit XML: a test for the cost of a run, one for each rule that fails it, one for each case."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from llmcost.check import Checked
from llmcost.check.caps import Reason
from llmcost.check.decision import INCONCLUSIVE
from llmcost.check.formats.words import headline
from llmcost.check.pairs import PAIRED

SUITE = "llmcost check"
COST = "cost per run"


def junit(found: Checked) -> str:
    """Write the XML."""
    whole = [reason for reason in found.verdict.reasons if reason.rule == "increase"]
    rules = [reason for reason in found.verdict.reasons if reason.case is None and reason not in whole]
    suite = Element("testsuite", name=SUITE)
    cost = test(suite, COST, whole)
    if found.verdict.outcome == INCONCLUSIVE:
        SubElement(cost, "skipped", message=clean(found.verdict.notes[0]))
    SubElement(cost, "system-out").text = clean(headline(found))
    for reason in rules:
        test(suite, reason.rule, [reason])
    for change in found.compared.changes:
        case = test(suite, change.id, [reason for reason in found.verdict.reasons if reason.case == change.id])
        if change.state != PAIRED and not len(case):
            SubElement(case, "skipped", message=change.state)
    for name in ("failure", "skipped"):
        suite.set({"failure": "failures"}.get(name, name), str(len(suite.findall(f"*/{name}"))))
    suite.set("tests", str(len(suite)))
    indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suite, encoding="unicode") + "\n"


def test(suite: Element, name: str, reasons: Sequence[Reason]) -> Element:
    """Add a test, failed for the reasons that there are."""
    found = SubElement(suite, "testcase", classname="llmcost", name=clean(name))
    if reasons:
        text = "\n".join(clean(reason.text) for reason in reasons)
        SubElement(found, "failure", message=clean(reasons[0].text), type=reasons[0].rule).text = text
    return found


def clean(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(character for character in text if character in "\t\n" or character.isprintable())
