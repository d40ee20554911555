"""`llmcost detect` and `llmcost savings` as a user runs them: findings, gates, settings, a team's own detectors."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

Request = dict[str, Any]
BOOK = """
format: llmcost-pricing/1
models: [{provider: acme, model: m, prices: [{input: 10, output: 20}]}]
"""
OWN = """/*
title: Long answers
why: Answers of more than 90 tokens are read by nobody.
advice: Ask for less.
needs: [{fields: [output_tokens], says: no output tokens}]
params: {most_tokens: 90}
*/
select
    dedupe_key,
    'long answer' as finding,
    cast(0.001 as decimal(38, 21)) as saving_usd,
    cast(0 as decimal(38, 21)) as saving_low_usd,
    cost_usd as saving_high_usd,
    'possible' as certainty,
    'too long' as evidence
from scope
where output_tokens > $most_tokens
"""


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Write two cut-off answers and a good one: $0.012 each, then one more request of another key."""
    shared = {"llmcost": 1, "provider_name": "acme", "request_model": "m", "input_tokens": 1000, "output_tokens": 100}
    chain = {**shared, "api_key_alias": "app", "prompt_hash": "p", "temperature": 0}
    path = tmp_path / "log.jsonl"
    path.write_text(
        "\n".join(
            json.dumps({**request, "request_id": f"r{number}", "started_at": f"2026-03-0{day}T12:00:{second:02}Z"})
            for number, (day, second, request) in enumerate(
                [
                    (1, 0, {**chain, "finish_reason": "length"}),
                    (1, 10, {**chain, "finish_reason": "length"}),
                    (1, 20, {**chain, "finish_reason": "stop"}),
                    (5, 0, {**shared, "api_key_alias": "other", "prompt_hash": "q"}),
                ],
                start=1,
            )
        ),
        encoding="utf-8",
    )
    (tmp_path / "pricing.local.yaml").write_text(BOOK, encoding="utf-8")
    return path


def document(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return loaded


def test_findings_say_who_how_much_and_what_to_do(llmcost: Run, logs: Path) -> None:
    done = llmcost("detect", "retries", logs, "-f", "json")
    found = document(done.stdout)
    (row,) = found["rows"]

    assert done.returncode == 0
    assert (row["key"], row["model"], row["requests"], row["of_requests"]) == ("app", "m", 2, 3)
    assert (row["spend_usd"], row["saving_usd"], row["certainty"]) == (Decimal("0.036"), Decimal("0.024"), "proven")
    assert (row["operations"], row["attempts"], row["longest"], row["errors"]) == (1, 3, 3, "length 2")
    assert row["amplification"] == 3
    assert set(row["examples"].split()) == {"r1", "r2"}
    assert "$0.02 of $0.04" in row["fix"]
    assert found["totals"]["saving_high_usd"] == Decimal("0.024")


def test_requests_prove_a_finding_one_by_one_in_every_format(llmcost: Run, logs: Path) -> None:
    as_csv = llmcost("detect", "retries", logs, "--requests", "-f", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(as_csv)))

    assert [(row["request_id"], row["finding"], row["saving_usd"], row["certainty"]) for row in rows] == [
        ("r1", "retry", "0.012", "proven"),
        ("r2", "retry", "0.012", "proven"),
    ]
    for form in ("table", "json", "jsonl", "tsv", "md"):
        assert "r2" in llmcost("detect", "retries", logs, "--requests", "-f", form).stdout


def test_savings_go_from_spend_to_what_remains(llmcost: Run, logs: Path) -> None:
    found = document(llmcost("savings", logs, "-f", "json").stdout)
    lines = {row["line"]: row for row in found["rows"]}

    assert lines["spend"]["remaining_usd"] == Decimal("0.048")
    assert lines["retries"]["saving_usd"] == lines["retries"]["standalone_usd"] == Decimal("0.024")
    assert lines["what remains"]["remaining_usd"] == found["totals"]["remaining_usd"] == Decimal("0.024")
    assert found["by_certainty"]["proven"]["saving_usd"] == Decimal("0.024")
    # 1 to 5 March is five days: x 30 / 5
    assert found["monthly"]["spend_usd"] == Decimal("0.288")
    assert found["monthly"]["days"] == 5


def test_less_than_three_days_are_not_projected(llmcost: Run, logs: Path) -> None:
    done = llmcost("savings", logs, "--until", "2026-03-02", "-f", "json")

    assert document(done.stdout)["monthly"] is None
    assert "less than 3 days" in done.stderr


@pytest.mark.parametrize(
    ("condition", "code"),
    [("saving_usd > 0.023", 1), ("saving_usd > 0.024", 0), ("saving_high_usd >= 0.024", 1), ("requests > 2", 0)],
)
def test_a_gate_fails_the_command_exactly_at_its_limit(llmcost: Run, logs: Path, condition: str, code: int) -> None:
    for command in (["detect", "retries"], ["savings"]):
        done = llmcost(*command, logs, "--fail-on", condition)

        assert done.returncode == code, done.stderr
        assert ("--fail-on" in done.stderr) == bool(code)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["detect", "retrys"], "retrys: no such detector"),
        (["detect", "retries", "--set", "max_gap=3"], "--set max_gap: no such parameter"),
        (["detect", "retries", "--set", "max_gap_seconds"], "not of the form name=value"),
        (["detect", "retries", "--set", "max_gap_seconds=soon"], "soon is not a number"),
        (["detect", "retries", "--set", "max_gap_seconds=-1"], "from 0 up"),
        (["detect", "embeddings", "--set", "min_repeat_share=0.33333"], "more than 4 decimals"),
        (["detect", "retries", "--fail-on", ""], "not a condition"),
        (["savings", "--memory-limit", ""], "not a size"),
        (["detect", "retries", "--fail-on", "much"], "--fail-on much: not a condition"),
        (["detect", "retries", "--fail-on", "saving_eur > 1"], "there is no such total"),
        (["savings", "--baseline", "2026-03-01"], "--baseline needs --since"),
        (["savings", "--since", "2026-03-01", "--baseline", "2026-03-02"], "must be before it"),
    ],
)
def test_what_does_not_exist_is_refused_with_a_hint(llmcost: Run, logs: Path, words: list[str], expected: str) -> None:
    done = llmcost(*words, logs)

    assert (done.returncode, expected in done.stderr) == (2, True), done.stderr
    assert any(words in done.stderr for words in ("hint:", "from 0 up", "more than 4 decimals"))


def test_a_parameter_that_is_too_large_is_refused(llmcost: Run, tmp_path: Path) -> None:
    old = {"llmcost": 1, "started_at": "2026-03-01T00:00:00Z", "provider_name": "openai", "request_model": "gpt-4"}
    log = tmp_path / "old.jsonl"
    log.write_text(json.dumps({**old, "input_tokens": 1000, "output_tokens": 100}))
    done = llmcost("detect", "model-mismatch", log, "--set", "tokenizer_factor=100000")

    assert (done.returncode, "model-mismatch: a parameter is too large" in done.stderr) == (2, True), done.stderr


def test_logs_without_what_a_detector_needs_are_told_what_they_lack(llmcost: Run, tmp_path: Path, logs: Path) -> None:
    bare = tmp_path / "bare.jsonl"
    bare.write_text('{"llmcost": 1, "started_at": "2026-03-01T00:00:00Z", "request_model": "m"}')
    alone = llmcost("detect", "retries", bare)
    together = llmcost("detect", "all", logs)

    assert alone.returncode == 3
    assert "retries cannot run: these logs have no prompts" in alone.stderr
    assert together.returncode == 0
    assert "embeddings: cannot run: these logs have no embeddings" in together.stderr


def test_parameters_come_from_the_command_line_before_the_file(llmcost: Run, tmp_path: Path, logs: Path) -> None:
    (tmp_path / "llmcost.yaml").write_text("detect: {settings: {retries: {max_gap_seconds: 5}}}")
    by_file = llmcost("detect", "retries", logs, "-f", "json")
    by_hand = llmcost("detect", "retries", logs, "-f", "json", "--set", "max_gap_seconds=10")

    assert document(by_file.stdout)["rows"] == []
    assert len(document(by_hand.stdout)["rows"]) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("detekt: {}", "llmcost.yaml:1: unknown key `detekt`"),
        ("detect: {folder: nowhere}", "nowhere is not a folder"),
        ("detect: {settings: {retrys: {a: 1}}}", "retrys: no such detector"),
        ("detect: {settings: {retries: {a: 1}}}", "retries has no parameter a"),
    ],
)
def test_a_configuration_says_only_what_there_is(
    llmcost: Run, tmp_path: Path, logs: Path, text: str, expected: str
) -> None:
    (tmp_path / "llmcost.yaml").write_text(text)
    done = llmcost("detect", "retries", logs)

    assert (done.returncode, expected in done.stderr) == (2, True), done.stderr


def own_folder(folder: Path, query: str) -> None:
    (folder / "own").mkdir()
    (folder / "own" / "long-answers.sql").write_text(query, encoding="utf-8")
    (folder / "llmcost.yaml").write_text("detect: {folder: own}")


def test_a_team_brings_detectors_of_its_own(llmcost: Run, tmp_path: Path, logs: Path) -> None:
    own_folder(tmp_path, OWN)
    alone = document(llmcost("detect", "long-answers", logs, "-f", "json").stdout)
    everything = document(llmcost("savings", logs, "-f", "json").stdout)
    lines = {row["line"]: row for row in everything["rows"]}

    assert alone["totals"]["requests"] == 4
    assert (alone["totals"]["saving_usd"], alone["totals"]["standalone_usd"]) == (Decimal("0.002"), Decimal("0.004"))
    # what retries have claimed, all of r1 and r2, is not there to be saved again
    assert lines["long-answers"]["saving_usd"] == Decimal("0.002")
    assert lines["long-answers"]["standalone_usd"] == Decimal("0.004")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("from scope", "from read_text('log.jsonl')", "file system operations are disabled"),
        ("*/\nselect", "*/\nwith gone as (delete from prices returning *)\nselect", "long-answers.sql: it writes"),
        ("'possible' as certainty", "'surely' as certainty", "breaks the law of savings for 4 requests"),
        ("cost_usd as saving_high_usd", "2 * cost_usd as saving_high_usd", "breaks the law of savings"),
        ("'too long' as evidence", "'too long' as proof", "gives no evidence"),
        ("output_tokens >", "outputtokens >", "outputtokens"),
        ("from scope", "from scope, range(2)", "more than once"),
        ("why: ", "whyever: ", "long-answers.sql: its header has `whyever`, which is none of: title, "),
        ("$most_tokens", "91", "most_tokens"),
        ("select", "select from where", "long-answers.sql"),
        (
            "fields: [output_tokens]",
            "fields: [(select content from read_text('log.jsonl'))]",
            "operations are disabled",
        ),
        ("from scope", "from scope; select 1", "long-answers.sql: it must hold one query"),
        ("    dedupe_key,", "    dedupe_key + 1 as dedupe_key,", "4 rows whose dedupe_key is not a request"),
        ("title: Long answers", "title: []", "title, why and advice are text"),
        ("params: {most_tokens: 90}", "params: [most_tokens]", "params are `name: number`"),
        ("needs: [{fields: [output_tokens]", "needs: [{fields: [nobody_has]", "long-answers.sql: needs:"),
        ("needs: [{", "rank: first\nneeds: [{", "rank is a number"),
    ],
)
def test_a_detector_that_nobody_reviewed_is_shut_in_and_held_to_the_laws(
    llmcost: Run, tmp_path: Path, logs: Path, old: str, new: str, expected: str
) -> None:
    own_folder(tmp_path, OWN.replace(old, new, 1))
    done = llmcost("detect", "long-answers", logs)

    assert done.returncode == 2, done.stderr
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_detector_explains_itself_without_any_logs(llmcost: Run) -> None:
    words, query = llmcost("detect", "retries", "--explain").stdout, llmcost("detect", "retries", "--sql").stdout

    assert "why:" in words
    assert "--set max_gap_seconds=60" in words
    assert query.startswith("/*")
    assert "from calls" in query


def test_a_fix_is_held_against_what_was_promised(llmcost: Run, tmp_path: Path, logs: Path) -> None:
    # before: one operation of three requests, $0.036; after: two operations of one request, $0.012 each
    after = {**json.loads(logs.read_text().splitlines()[2]), "prompt_hash": "new"}
    later = [{**after, "request_id": f"later{n}", "started_at": f"2026-03-2{n}T12:00:00Z"} for n in range(2)]
    log = tmp_path / "later.jsonl"
    log.write_text("\n".join(map(json.dumps, later)))
    done = llmcost("savings", logs, log, "--since", "2026-03-20", "--baseline", "2026-03-01", "-f", "json")
    found = document(done.stdout)
    (row,) = found["rows"]

    assert (row["operations_before"], row["operations_after"]) == (1, 2)
    assert (row["expected_usd"], row["spend_usd"]) == (Decimal("0.072"), Decimal("0.024"))
    assert (row["saved_usd"], row["predicted_usd"]) == (Decimal("0.048"), Decimal("0.048"))
    assert "1 key without requests that have a cost in both periods" in done.stderr


def test_findings_fit_a_narrow_terminal(llmcost: Run, logs: Path) -> None:
    for columns in (80, 120):
        shown = llmcost("detect", "all", logs, env={"COLUMNS": str(columns)}).stdout

        assert all(len(line) <= columns for line in shown.splitlines())
        assert "asked" in shown and "for again" in shown


def test_misses_of_caches_are_explained_one_by_one(llmcost: Run, tmp_path: Path) -> None:
    # a cache of 5 minutes from 1,024 tokens on; a prefix of 8,000 of 10,000 characters, 2,000 tokens in: 1,600 of them
    book = (
        BOOK + "cache_rules: [{provider: acme, models: [m], min_tokens: 1024, policies: [{name: 5m, ttl_seconds: 300, "
    )
    (tmp_path / "pricing.local.yaml").write_text(book + "write: cache_write, hit_share: [0.85, 1, 1]}]}]\n")
    shared = {"llmcost": 1, "provider_name": "acme", "request_model": "m", "api_key_alias": "app", "output_tokens": 1}
    counted = {
        "input_tokens": 2000,
        "cache_read_input_tokens": 0,
        "input_chars": 10_000,
        "prefix_chars": [8000, 10_000],
    }
    planned: list[tuple[str, Request, str]] = [
        ("00:00", {}, "first request"),
        ("00:01", {}, "cold parallel"),
        ("01:00", {}, "not cached"),
        ("02:00", {"cache_read_input_tokens": 1600}, "hit"),
        ("08:00", {}, "ttl lapsed"),
        ("08:30", {"cache_read_input_tokens": None}, "not reported"),
        ("09:00", {"input_tokens": 1000}, "below minimum"),
        ("09:30", {"cache_write_input_tokens": 1600}, "written, not read"),
        ("10:00", {"prefix_hashes": ["other", "q"]}, "changed at message 1"),
        ("10:30", {"prefix_chars": [100, 10_000], "prefix_hashes": ["other", "r"]}, "changed at message 2"),
    ]
    lines = [
        {**shared, **counted, "prefix_hashes": ["system", f"q{number}"], "request_id": f"r{number}"}
        | {"started_at": f"2026-03-01T12:{at}Z", "ended_at": f"2026-03-01T12:{at[:3]}{int(at[3:]) + 5:02}Z", **more}
        for number, (at, more, _) in enumerate(planned)
    ]
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(map(json.dumps, lines)))
    rows = document(llmcost("detect", "prompt-tax", log, "--causes", "-f", "json").stdout)["rows"]

    assert {row["cause"]: row["requests"] for row in rows} == {cause: 1 for *_, cause in planned}
    assert all(row["requests_share"] == Decimal("0.1") for row in rows)
    verdicts = {row["cause"]: row["verdict"] for row in rows}
    assert "read from a cache" == verdicts.pop("hit")
    assert {"fewer than 50 begin alike (min_requests)"} == set(verdicts.values())
    # $10 a million: 2,000 tokens that nobody read or wrote, 400 where 1,600 were
    paid = {row["cause"]: row["uncached_usd"] for row in rows}
    assert (Decimal("0.02"), Decimal("0.004")) == (paid["first request"], paid["hit"])
    assert (Decimal("0.004"), Decimal("0.01")) == (paid["written, not read"], paid["below minimum"])


def test_causes_say_what_caching_would_save_and_why_the_rest_is_no_finding(llmcost: Run, tmp_path: Path) -> None:
    rules = (
        "cache_rules: [{provider: acme, models: [m], min_tokens: 1024, policies: [{name: automatic, ttl_seconds: 300, "
    )
    (tmp_path / "pricing.local.yaml").write_text(
        BOOK.replace("input: 10", "input: 10, cache_read: 1") + rules + "write: input, hit_share: [0.5, 1, 1]}]}]\n"
    )
    shared = {"llmcost": 1, "provider_name": "acme", "request_model": "m", "output_tokens": 1, "input_tokens": 2000}
    shared |= {"cache_read_input_tokens": 0, "input_chars": 10_000}
    # of each three within a minute: one whose common 1,600 tokens could be read, one that shares 200, one whose pauses
    # of ten minutes are longer than any entry lives
    planned = [("good", 8000, 20), ("short", 1000, 20), ("slow", 8000, 600)]
    lines = [
        {**shared, "api_key_alias": key, "request_id": f"{key}{number}", "prefix_chars": [chars, 10_000]}
        | {"prefix_hashes": [key, f"{key}{number}"], "started_at": f"2026-03-01T12:{at // 60:02}:{at % 60:02}Z"}
        for key, chars, pause in planned
        for number, at in enumerate((0, pause, 2 * pause))
    ]
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(map(json.dumps, lines)))
    asked = ("detect", "prompt-tax", log, "--causes", "--set", "min_requests=3", "-f", "json")
    rows = document(llmcost(*asked).stdout)["rows"]

    assert {(row["key"], row["verdict"], row["requests"]) for row in rows if row["cause"] != "first request"} == {
        ("good", "found", 2),
        ("short", "they share less than the 1024 tokens that this model caches", 2),
        ("slow", "a cache would cost as much as it saves", 2),
    }
    # two requests read 1,600 - 1,600 % 128 tokens for $1 a million and not for $10; paid were 2 x 2,000 at $10
    (good,) = (row for row in rows if row["verdict"] == "found")
    assert (good["uncached_usd"], good["saving_usd"]) == (Decimal("0.04"), Decimal("0.0288"))


def test_causes_of_requests_without_text_say_so(llmcost: Run, tmp_path: Path) -> None:
    rules = "cache_rules: [{provider: acme, models: [m], min_tokens: 1024, policies: [{name: 5m, ttl_seconds: 300, "
    (tmp_path / "pricing.local.yaml").write_text(
        BOOK.replace("input: 10", "input: 10, cache_read: 1, cache_write: 12.5")
        + rules
        + "write: cache_write, hit_share: [0.85, 1, 1]}]}]\n"
    )
    line = {"llmcost": 1, "provider_name": "acme", "request_model": "m", "output_tokens": 1}
    line |= {"cache_read_input_tokens": 0}
    # of one key a little longer than 2,000 tokens each, of another of all sizes
    sizes = {"alike": (2000, 2040, 2080), "others": (2000, 9000, 40_000)}
    lines = [
        {**line, "api_key_alias": key, "request_id": f"{key}{n}", "started_at": f"2026-03-01T12:0{n}:00Z"}
        | {"input_tokens": tokens}
        for key, each in sizes.items()
        for n, tokens in enumerate(each)
    ]
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(map(json.dumps, lines)))
    asked = ("detect", "prompt-tax", log, "--causes", "--set", "min_requests=3", "-f", "json")
    rows = document(llmcost(*asked).stdout)["rows"]

    assert {(row["key"], row["cause"], row["verdict"], row["requests"]) for row in rows} == {
        ("alike", "no text", "found", 3),
        ("others", "no text", "nothing that counts can show", 3),
    }


def test_causes_are_refused_where_there_are_none(llmcost: Run, logs: Path) -> None:
    done = llmcost("detect", "retries", logs, "--causes")

    assert (done.returncode, "--causes: not for retries" in done.stderr) == (2, True)


def test_two_detectors_of_a_team_run_one_after_the_other(llmcost: Run, tmp_path: Path, logs: Path) -> None:
    own_folder(tmp_path, OWN)
    (tmp_path / "own" / "longest-answers.sql").write_text(OWN)
    found = document(llmcost("savings", logs, "-f", "json").stdout)
    lines = {row["line"]: row for row in found["rows"]}

    assert lines["long-answers"]["standalone_usd"] == lines["longest-answers"]["standalone_usd"] == Decimal("0.004")
    assert lines["longest-answers"]["saving_usd"] == 0


def test_what_has_no_price_saves_nobody_knows_what_and_fails_a_gate(llmcost: Run, tmp_path: Path, logs: Path) -> None:
    unpriced = tmp_path / "unpriced.jsonl"
    unpriced.write_text(logs.read_text().replace('"m"', '"nobody-knows"'))
    for command in (["detect", "retries"], ["savings"]):
        done = llmcost(*command, unpriced, "-f", "json", "--fail-on", "saving_usd > 1000000")

        assert document(done.stdout)["totals"]["saving_usd"] is None
        assert (done.returncode, "saving_usd is not known" in done.stderr) == (1, True)
        assert "none has a price" in done.stderr
    assert llmcost("savings", unpriced).returncode == 0


def test_what_is_known_in_part_says_so(llmcost: Run, tmp_path: Path, logs: Path) -> None:
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_text(logs.read_text().replace('"m"', '"nobody-knows"', 1))
    done = llmcost("detect", "retries", mixed, "-f", "json")

    assert document(done.stdout)["totals"]["saving_usd"] == Decimal("0.012")
    assert "not known: what 1 of them would save" in done.stderr


@pytest.mark.parametrize("words", [["detect", "all"], ["detect", "retries"], ["savings"]])
def test_nothing_asked_for_is_nothing_found(llmcost: Run, logs: Path, words: list[str]) -> None:
    done = llmcost(*words, logs, "--where", "key=nobody", "--fail-on", "saving_usd > 0")

    assert (done.returncode, "found: nothing" in done.stderr) == (0, True), done.stderr


def test_a_gate_holds_for_a_fix_and_every_gate_counts(llmcost: Run, logs: Path) -> None:
    fixed = llmcost("savings", logs, "--since", "2026-03-01", "--baseline", "2026-02-01", "--fail-on", "saved_usd < 1")
    two = llmcost("detect", "retries", logs, "--fail-on", "saving_usd > 0.01", "--fail-on", "saving_usd > 1000")

    assert (fixed.returncode, "saved_usd is 0, < 1" in fixed.stderr) == (1, True), fixed.stderr
    assert (two.returncode, "saving_usd is 0.024, > 0.01" in two.stderr) == (1, True), two.stderr


def test_too_little_memory_is_told(llmcost: Run, logs: Path) -> None:
    done = llmcost("savings", logs, "--memory-limit", "1KB")

    assert (done.returncode, "--memory-limit more" in done.stderr) == (3, True), done.stderr


def test_each_cause_of_retries_has_its_own_fix_and_its_dollars(llmcost: Run, tmp_path: Path) -> None:
    # 6 cut answers and 3 refused for their rate, each sent again after 3 seconds; all of 1,000 tokens in and 500 out
    good = {
        "provider_name": "openai",
        "request_model": "gpt-4o",
        "input_tokens": 1000,
        "output_tokens": 500,
        "api_key_id": "k",
    }
    cut, refused = {"finish_reason": "length"}, {"status": "error", "http_status_code": 429}
    rows = [
        good
        | {"request_id": f"r{at}-{second}", "started_at": f"2026-11-01T12:{at:02}:0{second}Z", "prompt_hash": f"h{at}"}
        | end
        for at, cause in enumerate([cut] * 6 + [refused] * 3)
        for second, end in ((0, cause), (3, {"finish_reason": "stop"}))
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    (proven,) = [
        row
        for row in json.loads(llmcost("detect", "retries", "a.jsonl", "-f", "json").stdout)["rows"]
        if row["certainty"] == "proven"
    ]

    # (1,000 x $2.50 + 500 x $10) per million = $0.0075; 6 of them $0.045, which every table shows as $0.04
    assert proven["fix"].startswith(
        "Raise max_tokens or ask for shorter answers: cut answers were asked for again ($0.04)"
    )
