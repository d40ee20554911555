"""`llmcost check` and `llmcost baseline` as a user runs them: verdicts, caps, prices, bad input, exit codes."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conftest import Run
from tests.logs import Record, write_log
from tests.traces import BOOK, request, suite

PRICES = ("--pricing", "book.yaml")
# of BOOK's suite of 12 cases: $0.01 x (1 + ... + 12) + 12 x $0.002
WHOLE = Decimal("0.804")


@pytest.fixture
def made(tmp_path: Path, llmcost: Run) -> Path:
    """A folder with a price book, a baseline of 12 cases x 2 runs, and its traces."""
    (tmp_path / "book.yaml").write_text(BOOK, encoding="utf-8")
    write_log(tmp_path / "base.jsonl", suite())
    done = llmcost("baseline", "create", "base.jsonl", *PRICES)

    assert (0, "") == (done.returncode, done.stdout)
    return tmp_path


def checked(llmcost: Run, *args: str | Path) -> tuple[int, dict[str, Any]]:
    done = llmcost("check", *args, *PRICES, "-f", "json")
    return done.returncode, json.loads(done.stdout or "{}", parse_float=Decimal)


def grown(factor: float, cases: int = 12) -> list[Record]:
    """Let the first cases have so many times the tokens."""
    records = suite()
    for record in records[: 2 * cases]:
        record["input_tokens"] = int(record["input_tokens"] * factor)
        record["output_tokens"] = int(record["output_tokens"] * factor)
    return records


def test_the_same_traces_pass_without_a_difference(llmcost: Run, made: Path) -> None:
    code, found = checked(llmcost, "base.jsonl")

    assert (0, "pass", [], [], []) == (code, found["verdict"], found["reasons"], found["notes"], found["why"])
    assert [WHOLE] * 2 == [Decimal(found[f"cost_per_run{side}_usd"]) for side in ("_before", "")]
    assert (1, 1, 1) == tuple(found["interval"][name] for name in ("ratio", "low", "high"))


def test_half_as_much_again_fails_and_says_why(llmcost: Run, made: Path) -> None:
    write_log(made / "more.jsonl", grown(1.5))
    code, found = checked(llmcost, "more.jsonl")

    assert (1, "fail", ["increase"]) == (code, found["verdict"], [reason["rule"] for reason in found["reasons"]])
    # $0.78 of input and $0.024 of output, half of each
    assert {"input tokens": Decimal("0.39"), "output tokens": Decimal("0.012")} == {
        row["why"]: Decimal(row["per_run_usd"]) for row in found["why"]
    }
    assert Decimal("0.402") == Decimal(found["cost_per_run_change_usd"])


def test_many_that_grew_fail_though_one_large_case_hides_it(llmcost: Run, made: Path) -> None:
    # 19 cases of $1.938 in all a fifth dearer: + $0.3876; one of $2.002 that costs $0.24 less: + 3.7 % of $3.94.
    # The geometric mean: (19 x ln 1.2 + ln (1.762 / 2.002)) / 20 = 0.1668, + 18.2 %
    def traces(name: str, tokens: float, large: int) -> str:
        records = suite(cases=20)
        for record in records:
            is_large = record["case_id"] == "case-20"
            record["input_tokens"] = large if is_large else int(record["input_tokens"] * tokens)
            record["output_tokens"] = 100 if is_large else int(100 * tokens)
        write_log(made / name, records)
        return name

    code, found = checked(llmcost, traces("now.jsonl", 1.2, 176_000), "--against", traces("was.jsonl", 1, 200_000))

    assert (1, ["increase"]) == (code, [reason["rule"] for reason in found["reasons"]])
    assert float(found["interval"]["ratio"]) == pytest.approx(1 + 0.1476 / 3.94, abs=0.0005)
    assert found["reasons"][0]["text"] == "a case costs +18.2% (geometric mean of all), over the limit of +5%"


def test_what_got_cheaper_passes(llmcost: Run, made: Path) -> None:
    write_log(made / "less.jsonl", grown(0.5))
    code, found = checked(llmcost, "less.jsonl")

    assert (0, "pass") == (code, found["verdict"])
    assert float(found["interval"]["ratio"]) == pytest.approx(0.5)


def test_one_case_that_explodes_fails_by_its_cap(llmcost: Run, made: Path) -> None:
    write_log(made / "boom.jsonl", grown(10, cases=1))
    code, found = checked(llmcost, "boom.jsonl")

    assert (1, [("case", "case-01")]) == (code, [(reason["rule"], reason["case"]) for reason in found["reasons"]])
    assert 0 == checked(llmcost, "boom.jsonl", "--max-case-increase", "20x")[0]
    assert 0 == checked(llmcost, "boom.jsonl", "--max-case-increase", "none")[0]
    assert 0 == checked(llmcost, "boom.jsonl", "--min-increase-usd", "1")[0]


def test_a_case_that_grew_in_one_of_its_runs_alone_warns(llmcost: Run, made: Path) -> None:
    records = suite()
    records[0] = request("case-01", 1, input_tokens=10_000, output_tokens=1000)
    write_log(made / "head.jsonl", records)
    code, found = checked(llmcost, "head.jsonl")

    # ($0.12 + $0.012) / 2 is 5.5 times $0.012, but its other run costs what it did
    assert (0, "warn", []) == (code, found["verdict"], found["reasons"])
    assert any("case-01 (5.5x); more runs would tell" in note for note in found["notes"])


def test_a_model_that_costs_twice_as_much_is_the_mix(llmcost: Run, made: Path) -> None:
    write_log(made / "big.jsonl", suite(request_model="big"))
    code, found = checked(llmcost, "big.jsonl")

    assert (1, [("model mix", WHOLE)]) == (code, [(row["why"], Decimal(row["per_run_usd"])) for row in found["why"]])


@pytest.mark.parametrize(
    ("cap", "fields", "rule"),
    [
        (("--max-total-usd", "0.80"), {}, "total"),
        (("--max-case-usd", "0.12"), {}, "case"),
        (("--max-cache-drop", "10%"), {}, "cache"),
        (("--max-latency-increase", "20%"), {"ended_at": "2026-11-20T10:00:09Z"}, "latency"),
    ],
)
def test_caps_fail_without_statistics(
    llmcost: Run, made: Path, cap: tuple[str, str], fields: Record, rule: str
) -> None:
    # a fifth of the base comes from a cache, and each run takes 5 seconds
    cached = [
        {**record, "cache_read_input_tokens": record["input_tokens"] // 5, "ended_at": "2026-11-20T10:00:05Z"}
        for record in suite()
    ]
    write_log(made / "cached.jsonl", cached)
    slow = {"ended_at": "2026-11-20T10:00:05Z", **fields}
    write_log(made / "head.jsonl", [{**record, **slow} for record in (suite() if rule != "latency" else cached)])
    others = ("--max-increase", "100%", *(("--max-cache-drop", "none") if rule != "cache" else ()))
    code, found = checked(llmcost, "head.jsonl", "--against", "cached.jsonl", *others, *cap)

    assert (1, {rule}) == (code, {reason["rule"] for reason in found["reasons"]})
    loose = {"total": "0.81", "case": "0.13", "cache": "30%", "latency": "90%"}[rule]
    assert 0 == checked(llmcost, "head.jsonl", "--against", "cached.jsonl", *others, cap[0], loose)[0]


def test_more_attempts_fail_even_if_they_cost_nothing(llmcost: Run, made: Path) -> None:
    # every call fails once without usage before it is answered
    calls = [{**record, "logical_request_id": f"call-{n}"} for n, record in enumerate(suite())]
    failed = {"status": "error", "http_status_code": 500, "input_tokens": None, "output_tokens": None}
    write_log(made / "again.jsonl", [*calls, *({**call, **failed} for call in calls)])
    code, found = checked(llmcost, "again.jsonl")

    assert (1, ["amplification"]) == (code, [reason["rule"] for reason in found["reasons"]])
    assert "2.00 attempts, 1.00 before" in found["reasons"][0]["text"]
    assert 0 == checked(llmcost, "again.jsonl", "--max-amplification-increase", "none")[0]


def test_a_price_change_is_told_apart_and_fails_nothing(llmcost: Run, made: Path) -> None:
    # on the 1st of December everything costs twice as much
    dearer = "{from: 2026-12-01, input: 20, output: 40, cache_read: 2}"
    book = BOOK.replace("cache_read: 1}]", f"cache_read: 1}}, {dearer}]")
    (made / "book.yaml").write_text(book, encoding="utf-8")
    write_log(made / "later.jsonl", suite(started_at="2026-12-02T10:00:00Z"))
    code, found = checked(llmcost, "later.jsonl")

    assert (0, "pass", "2026-12-02") == (code, found["verdict"], found["priced_as_of"])
    assert (2 * WHOLE, WHOLE, []) == (
        Decimal(found["cost_per_run_before_usd"]),
        Decimal(found["price_change_usd"]),
        found["why"],
    )


def test_new_removed_and_nameless_requests_are_named_and_not_compared(llmcost: Run, made: Path) -> None:
    write_log(made / "head.jsonl", [*suite()[2:], request("case-99", 1, input_tokens=10**6), request(None)])
    code, found = checked(llmcost, "head.jsonl")
    states = {row["case_id"]: row["state"] for row in found["rows"]}

    assert (0, "pass", 11) == (code, found["verdict"], found["paired"])
    assert ("removed", "new", "paired") == (states["case-01"], states["case-99"], states["case-02"])
    assert [
        "1 case new (not compared): case-99",
        "1 case removed (not compared): case-01",
        "1 of 24 requests names no case (not compared, $0.0120)",
    ] == found["notes"]


def failing(records: list[Record], count: int) -> list[Record]:
    """Let the last requests fail without usage."""
    for record in records[-count:]:
        del record["input_tokens"], record["output_tokens"]
        record.update(status="error", http_status_code=500)
    return records


@pytest.mark.parametrize(("count", "verdict"), [(24, "warn"), (2, "warn"), (1, "pass")])
def test_a_suite_that_is_cheaper_because_it_fails_warns(llmcost: Run, made: Path, count: int, verdict: str) -> None:
    # of 24 calls 2 are 8.3 %, 1 is 4.2 %
    write_log(made / "now.jsonl", failing(suite(), count))
    code, found = checked(llmcost, "now.jsonl")
    says = f"{count} of 24 calls failed, 0 of 24 in the base: what they would have cost is not in the change"

    assert (0, verdict, [says] if verdict == "warn" else []) == (code, found["verdict"], found["notes"])


def test_what_failed_before_as_well_or_was_answered_in_the_end_is_no_failure(llmcost: Run, made: Path) -> None:
    write_log(made / "was.jsonl", failing(suite(), 4))
    write_log(made / "now.jsonl", failing(suite(), 5))
    again = [{**record, "logical_request_id": f"call-{n}"} for n, record in enumerate(suite())]
    first = failing([{**record, "request_id": f"first-{n}"} for n, record in enumerate(again)], 4)[-4:]
    write_log(made / "again.jsonl", again + first)

    assert "pass" == checked(llmcost, "now.jsonl", "--against", "was.jsonl")[1]["verdict"]
    assert "pass" == checked(llmcost, "again.jsonl", "--max-amplification-increase", "200%")[1]["verdict"]


def test_under_eight_cases_there_is_no_verdict(llmcost: Run, made: Path) -> None:
    write_log(made / "few.jsonl", suite(cases=7))
    write_log(made / "more.jsonl", [{**record, "output_tokens": 5000} for record in suite(cases=7)])
    args = ("more.jsonl", "--against", "few.jsonl", "--max-case-increase", "none")
    code, found = checked(llmcost, *args)

    assert (0, "inconclusive") == (code, found["verdict"])
    assert 4 == checked(llmcost, *args, "--strict")[0]
    # what is a cap fails all the same
    assert 1 == checked(llmcost, *args, "--max-total-usd", "0.01")[0]


def test_where_most_cases_are_gone_there_is_no_verdict(llmcost: Run, made: Path) -> None:
    write_log(made / "half.jsonl", suite(cases=9))
    code, found = checked(llmcost, "half.jsonl")

    assert (0, "inconclusive") == (code, found["verdict"])
    assert "only 9 of 12 cases of the base can be compared, 80 % are needed" == found["notes"][0]


def test_a_new_model_without_a_price_fails(llmcost: Run, made: Path) -> None:
    records = suite()
    records[0]["request_model"] = "unheard-of"
    write_log(made / "head.jsonl", records)
    code, found = checked(llmcost, "head.jsonl")

    assert (1, ["unpriced"]) == (code, [reason["rule"] for reason in found["reasons"]])
    assert ["case-01"] == [row["case_id"] for row in found["rows"] if row["state"] == "unpriced"]
    assert 0 == checked(llmcost, "head.jsonl", "--allow-unpriced")[0]
    assert 4 == checked(llmcost, "head.jsonl", "--allow-unpriced", "--strict")[0]


def test_a_model_without_a_price_in_the_base_alone_is_said(llmcost: Run, made: Path) -> None:
    records = suite()
    records[0]["request_model"] = "unheard-of"
    write_log(made / "old.jsonl", records)
    code, found = checked(llmcost, "base.jsonl", "--against", "old.jsonl")

    assert (0, 11) == (code, found["paired"])
    assert ["1 case without a cost on one side (not compared): case-01"] == found["notes"]
    assert 4 == checked(llmcost, "base.jsonl", "--against", "old.jsonl", "--strict")[0]


def test_repeats_that_nobody_told_apart_are_noticed(llmcost: Run, made: Path) -> None:
    one = suite(runs=1)
    write_log(made / "thrice.jsonl", [{**record, "case_run": None} for record in [*one, *one, *one]])
    write_log(made / "once.jsonl", [{**record, "case_run": None} for record in one])
    code, found = checked(llmcost, "thrice.jsonl", "--against", "once.jsonl")

    assert (1, "fail") == (code, found["verdict"])
    assert any("3 times as many requests in the traces as in the base" in note for note in found["notes"])


def test_runs_may_be_told_by_a_column_a_case_by_a_tag(llmcost: Run, made: Path) -> None:
    for run in (1, 2, 3):
        records = [
            {**record, "case_id": None, "case_run": None, "tags": [f"eval:{record['case_id']}"]}
            for record in suite(runs=1)
        ]
        write_log(made / f"run-{run}.jsonl", records)
    code, found = checked(
        llmcost, "run-1.jsonl", "run-2.jsonl", "run-3.jsonl", "--case-key", "tag:eval", "--run-key", "file"
    )

    assert (0, 12, {3}) == (code, found["paired"], {row["runs"] for row in found["rows"]})


def test_traces_without_cases_are_compared_by_route_and_prompt(llmcost: Run, made: Path) -> None:
    def traffic(name: str, long: int, count: int) -> Path:
        prompts = {"a": "You are brief. " * 20, "b": "You are long. " * 40}
        return write_log(
            made / name,
            [
                request(
                    None,
                    input_tokens=(long if prompt == "b" else 1000) + n % 7,
                    messages=[{"role": "system", "content": text}, {"role": "user", "content": f"{n}"}],
                )
                for n in range(count)
                for prompt, text in prompts.items()
            ],
        )

    traffic("before.jsonl", 1000, 40)
    traffic("busier.jsonl", 1000, 80)
    traffic("longer.jsonl", 2000, 40)
    busier = checked(llmcost, "busier.jsonl", "--against", "before.jsonl")
    longer = checked(llmcost, "longer.jsonl", "--against", "before.jsonl")

    # twice as much of the same is no dearer
    assert (0, "pass", "route") == (busier[0], busier[1]["verdict"], busier[1]["by"])
    assert "volume" == busier[1]["why"][0]["why"]
    # half of it $0.022 instead of $0.012: 34/24 of the cost
    assert (1, "fail", 2) == (longer[0], longer[1]["verdict"], longer[1]["paired"])
    assert float(longer[1]["interval"]["ratio"]) == pytest.approx(34 / 24, rel=0.001)
    assert {"chat 1 (system prompt of 300 characters)", "chat 2 (system prompt of 560 characters)"} == {
        row["route"] for row in longer[1]["rows"]
    }


def test_routes_that_cannot_be_compared_give_no_verdict_and_a_price_change_is_no_increase(
    llmcost: Run, made: Path
) -> None:
    dearer = "{from: 2026-12-01, input: 20, output: 40, cache_read: 2}"
    (made / "book.yaml").write_text(BOOK.replace("cache_read: 1}]", f"cache_read: 1}}, {dearer}]"), encoding="utf-8")
    write_log(made / "was.jsonl", [request(None) for _ in range(9)])
    unpriced = request(None, request_model="unheard-of", operation_name="rerank")
    write_log(made / "now.jsonl", [*(request(None, started_at="2026-12-02T10:00:00Z") for _ in range(9)), unpriced])
    write_log(made / "none.jsonl", [unpriced])
    later = checked(llmcost, "now.jsonl", "--against", "was.jsonl", "--allow-unpriced")
    none = checked(llmcost, "none.jsonl", "--against", "none.jsonl")

    # nine requests of $0.012, twice as dear now
    assert (0, "pass", Decimal("0.108")) == (later[0], later[1]["verdict"], Decimal(later[1]["price_change_usd"]))
    assert (0, "inconclusive", None) == (none[0], none[1]["verdict"], none[1]["interval"])


def test_two_times_of_a_store_are_compared(llmcost: Run, made: Path) -> None:
    before = suite()
    after = [
        {**record, "started_at": "2026-11-21T10:00:00Z", "output_tokens": 3100, "request_id": f"later-{n}"}
        for n, record in enumerate(suite())
    ]
    write_log(made / "both.jsonl", [*before, *after])
    llmcost("ingest", "both.jsonl")
    code, found = checked(llmcost, "--since", "2026-11-21", "--compare", "2026-11-20..2026-11-21")

    # each of the 12 cases 3,000 tokens at $20/M more
    assert (1, 12, Decimal("0.72")) == (code, found["paired"], Decimal(found["cost_per_run_change_usd"]))


def test_a_teams_limits_stand_in_its_configuration(llmcost: Run, made: Path) -> None:
    write_log(
        made / "more.jsonl",
        [{**record, "case_id": None, "tags": [f"eval:{record['case_id']}"]} for record in grown(1.5)],
    )
    (made / "llmcost.yaml").write_text("check: {max_increase: 60%, case_key: tag:eval}\n", encoding="utf-8")

    assert 0 == checked(llmcost, "more.jsonl")[0]
    assert 1 == checked(llmcost, "more.jsonl", "--max-increase", "40%")[0]
    (made / "llmcost.yaml").write_text("check:\n  colour: red\n", encoding="utf-8")
    refused = llmcost("check", "more.jsonl")
    assert (2, True) == (refused.returncode, "llmcost.yaml:2: " in refused.stderr)


def test_the_same_input_gives_the_same_output(llmcost: Run, made: Path) -> None:
    write_log(made / "more.jsonl", grown(1.07, cases=9))
    first, second = (llmcost("check", "more.jsonl", *PRICES, "-f", "json").stdout for _ in range(2))

    assert first == second


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("check", "base.jsonl", "--baseline", "none.json"), 2, "none.json: no baseline: No such file"),
        (("check", "base.jsonl", "--baseline", "book.yaml"), 3, "book.yaml: a broken baseline"),
        (("check", "nothing.jsonl"), 3, "nothing.jsonl"),
        (("check", "empty.jsonl"), 3, "empty.jsonl: the file is empty"),
        (("check", "nameless.jsonl"), 3, "not one of 2 requests names its test case"),
        (("check", "other.jsonl"), 3, "none of the 12 cases of the base is among the 2 of these traces"),
        (("check", "base.jsonl", "--against", "base.jsonl", "--baseline", "x.json"), 2, "three ways to say one thing"),
        (("check", "base.jsonl", "--max-increase", "much"), 2, "--max-increase much: not a share"),
        (("check", "base.jsonl", "--max-case-increase", "1x"), 2, "not a factor above 1"),
        (("check", "base.jsonl", "--max-total-usd", "lots"), 2, "--max-total-usd lots: not an amount in USD"),
        (("check", "base.jsonl", "--write", "pdf=x"), 2, "--write pdf=x: no such format"),
        (("check", "base.jsonl", "--write", "md"), 2, "--write md: not of the form FORMAT=FILE"),
        (("check", "base.jsonl", "--case-key", "colour"), 2, "colour: no such column"),
        (("check", "base.jsonl", "--case-key", "metadata.a b"), 2, "--case-key metadata.a b: no such key"),
        (("check", "base.jsonl", "--run-key", "metadata.a"), 2, "only cases are read from metadata"),
        (("check", "--compare", "previous"), 2, "--compare needs --since"),
        (("baseline", "create", "base.jsonl"), 2, "baseline.json: there is a baseline"),
        (("baseline", "create", "base.jsonl", "-o", "base.jsonl/b.json"), 2, "base.jsonl/b.json: cannot be written"),
        (("baseline", "create", "nameless.jsonl", "--force"), 3, "not one of 2 requests names its test case"),
        (("baseline", "accept", "base.jsonl", "--reason", "x", "-o", "none.json"), 2, "none.json: no baseline"),
        (("baseline", "show", "none.json"), 2, "none.json: no baseline"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_said(llmcost: Run, made: Path, args: tuple[str, ...], code: int, words: str) -> None:
    (made / "empty.jsonl").write_text("", encoding="utf-8")
    write_log(made / "nameless.jsonl", [request(None), request(None)])
    write_log(made / "other.jsonl", [request("x"), request("y")])
    done = llmcost(*args, *PRICES)

    assert (code, "") == (done.returncode, done.stdout)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_baseline_is_changed_with_a_reason_only(llmcost: Run, made: Path) -> None:
    write_log(made / "more.jsonl", grown(1.5))
    done = llmcost("baseline", "accept", "more.jsonl", "--reason", "a longer prompt", "--commit", "abc123", *PRICES)
    held = json.loads((made / ".llmcost" / "baseline.json").read_text(encoding="utf-8"))

    assert (0, "a longer prompt", "abc123") == (done.returncode, held["reason"], held["commit"])
    assert "accepted: cost per run +50.0%" in done.stderr
    assert (WHOLE + WHOLE / 2, 12, 24) == (
        Decimal(held["totals"]["cost_usd"]),
        held["totals"]["cases"],
        held["totals"]["requests"],
    )
    assert 0 == checked(llmcost, "more.jsonl")[0]


def test_a_baseline_is_shown_at_its_prices(llmcost: Run, made: Path) -> None:
    done = llmcost("baseline", "show", *PRICES, "-f", "json")
    found = json.loads(done.stdout, parse_float=Decimal)

    assert (12, WHOLE) == (len(found["rows"]), Decimal(found["totals"]["cost_per_run_usd"]))
    assert ("case-12", 2, Decimal("0.122")) == (
        found["rows"][11]["case_id"],
        found["rows"][11]["runs"],
        Decimal(found["rows"][11]["cost_per_run_usd"]),
    )


def test_one_run_writes_every_format(llmcost: Run, made: Path) -> None:
    write_log(made / "boom.jsonl", grown(10, cases=1))
    files = {name: made / f"out.{name}" for name in ("md", "json", "junit", "csv", "html", "parquet")}
    written = [word for name, file in files.items() for word in ("--write", f"{name}={file}")]
    done = llmcost("check", "boom.jsonl", *PRICES, *written)

    assert 1 == done.returncode
    assert done.stdout.startswith("FAIL: cost per run")
    assert all(file.stat().st_size for file in files.values())
    suite_of = ElementTree.parse(files["junit"]).getroot()
    assert {"tests": "13", "failures": "1", "skipped": "0"} == {
        name: suite_of.get(name) for name in ("tests", "failures", "skipped")
    }
    assert ["case-01"] == [test.get("name") for test in suite_of if test.find("failure") is not None]


def test_in_an_action_summary_outputs_and_annotations_are_written(llmcost: Run, made: Path) -> None:
    write_log(made / "more.jsonl", grown(1.5))
    files = {name: str(made / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    done = llmcost("check", "more.jsonl", *PRICES, env={"GITHUB_ACTIONS": "true", **files})
    outputs = dict(line.split("=") for line in Path(files["GITHUB_OUTPUT"]).read_text(encoding="utf-8").splitlines())

    assert {"verdict": "fail", "delta-pct": "50.00", "delta-usd": "0.402"} == {
        name: outputs[name] for name in ("verdict", "delta-pct", "delta-usd")
    }
    assert "::error title=llmcost check::cost per run +50.0%25, over the limit of +5%25\n" in done.stderr
    assert "### llmcost: FAIL: cost per run +50.0%" in Path(files["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")


def test_names_of_cases_cannot_break_a_comment_or_a_report(llmcost: Run, made: Path) -> None:
    hostile = "a|b <img src=x> `c` @everyone\n</details>"
    for name, factor in (("was", 1), ("now", 10)):
        write_log(
            made / f"{name}.jsonl",
            [request(f"{hostile}{n}", output_tokens=100 * (factor if n == 3 else 1)) for n in range(9)],
        )
    args = ("check", "now.jsonl", "--against", "was.jsonl", *PRICES, "--max-case-increase", "1.5x")
    comment = llmcost(*args, "-f", "md").stdout
    report = llmcost(*args, "-f", "junit").stdout

    # what stands between backticks, one run of them and the next one as long, is shown as it is
    read = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", comment)
    assert 0 < comment.count("@everyone")
    assert [] == [text for text in ("<img", "@everyone") if text in read]
    assert 1 == read.count("</details>")
    assert 10 == len(ElementTree.fromstring(report))


def test_power_says_which_changes_could_be_seen(llmcost: Run, made: Path) -> None:
    # two runs whose costs are 20 % apart: ln 1.2 / sqrt 2 = 12.9 % noise
    records = [{**record, "input_tokens": int(record["input_tokens"] * (1.2 if n % 2 else 1)), "output_tokens": 0}
               for n, record in enumerate(suite())]  # fmt: skip
    write_log(made / "noisy.jsonl", records)
    (made / ".llmcost" / "baseline.json").unlink()
    done = llmcost("check", "noisy.jsonl", *PRICES, "--dry-run-power", "-f", "json")
    found = json.loads(done.stdout)

    assert 0 == done.returncode
    assert found["noise"]["spread"] == pytest.approx(0.1289, abs=0.0001)
    seen = {row["change_share"]: row["seen_share"] for row in found["rows"]}
    assert seen[0.05] < seen[0.1] < seen[0.2] < seen[0.5]
    # error sqrt(2/2/12) x 0.129 = 0.0372; z of two-sided 0.032 is 2.144: (0.0953 - 0.0798) / 0.0372 = 0.417 -> 66.2 %;
    # the whole is dearer: 12 costs as even as 78 ** 2 / 650 / 12 = 0.78: 0.0953 / 0.0372 x 0.883 = 2.26 -> 98.8 %
    assert seen[0.1] == pytest.approx(0.654, abs=0.005)
