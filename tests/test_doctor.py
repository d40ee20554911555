"""What `llmcost doctor` says of logs, on records whose faults are planted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmcost.doctor import examine
from llmcost.doctor.texts import texts
from llmcost.ingest import Options, ingest
from llmcost.ingest.format import formats
from llmcost.pricing import Book
from llmcost.store import Store
from tests.conftest import FIXTURES, Run
from tests.test_ingest import record


def found(store: Store, book: Book) -> dict[tuple[str, str], tuple[object, ...]]:
    return {(row[0], row[1]): row[2:] for row in examine(store, book)}


def test_planted_faults_are_counted(store: Store, book: Book, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(
        record(1)
        + record(1)  # logged again
        + record(2, endTime=1793520000)  # ends two seconds before it starts
        + record(3, startTime=4070908800, endTime=4070908801)  # 2099: not yet
        + record(4, prompt_tokens=0, completion_tokens=0, total_tokens=0)  # answered without usage
        + record(5, model="house-model", custom_llm_provider="acme")
        + b'{"id": "x"}\n'
    )

    ingest(store, [str(log)])

    rows = found(store, book)
    assert rows["clocks", "ends before it starts"][:2] == (1, 0.2)
    assert rows["clocks", "starts after it was read"][0] == 1
    assert rows["usage", "usage missing"][:2] == (1, 0.2)
    assert rows["unpriced", "acme/house-model"][0] == 1
    assert rows["lines", "calls logged again"][0] == 1
    assert rows["lines", "lines rejected"][0] == 1
    assert f"{log.resolve()}:7" in str(rows["lines", "lines rejected"][2])
    assert rows["fields", "input_tokens"][:2] == (4, 0.8)


def test_it_says_what_a_question_lacks(store: Store, book: Book, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    asked = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "invented"}]
    answered = {"choices": [{"message": {"content": "invented"}}]}
    log.write_bytes(record(1, messages=asked, response=answered, trace_id="t"))
    with Store() as without:
        ingest(store, [str(log)])
        ingest(without, [str(log)], options=Options(hashes_text=False))

        assert found(store, book)["can run", "duplicates"] == (1, 1.0, "can run: text 100 %")
        lacking = found(without, book)["can run", "duplicates"]
        assert (lacking[0], "no prompts" in str(lacking[2])) == (0, True)


def test_it_says_on_what_detectors_rest_and_what_would_raise_it(store: Store, book: Book, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    asked = [{"role": "user", "content": "invented"}]
    answered = {"choices": [{"message": {"content": "invented"}}]}
    log.write_bytes(record(1, messages=asked, response=answered) + record(2) + record(3) + record(4))

    ingest(store, [str(log)])

    rows = found(store, book)
    shares = str(rows["can run", "model-mismatch"][2]).removeprefix("can run: ")
    assert shares.startswith("text 25 %")
    assert sum(int(share.split()[1]) for share in shares.split(", ")) == 100
    raised = "no prompts: set litellm_settings.turn_off_message_logging: false in the proxy's config"
    assert (3, 0.75, raised) == rows["texts", "litellm"]
    assert ("texts", "ingest") not in rows


def test_where_nothing_has_a_hash_they_may_have_been_left_out(book: Book, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(record(1, messages=[{"role": "user", "content": "invented"}]))
    with Store() as without:
        ingest(without, [str(log)], options=Options(hashes_text=False))

        assert "--text none" in str(found(without, book)["texts", "ingest"][2])


def test_few_without_prompts_are_not_worth_a_setting(store: Store, book: Book, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    asked = [{"role": "user", "content": "invented"}]
    log.write_bytes(b"".join(record(n, messages=asked) for n in range(10, 21)) + record(1))

    ingest(store, [str(log)])

    assert ("texts", "litellm") not in found(store, book)


@pytest.mark.parametrize("name", formats())
def test_each_format_says_how_it_comes_to_hold_texts(name: str) -> None:
    fitting = [text for text in texts() if name in text.formats]

    assert fitting, f"llmcost/doctor/texts.yaml: what brings prompts into {name}, or why nothing does?"
    assert not fitting[-1].emitters
    assert all(bool(text.do) != bool(text.because) for text in fitting)


def test_each_instrumentation_has_its_own_setting() -> None:
    emitters = {
        "openinference.instrumentation.openai": "OPENINFERENCE_HIDE_INPUTS=false",
        "opentelemetry.instrumentation.openai_v2": "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT",
        "opentelemetry.instrumentation.google_genai": "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT",
        "opentelemetry.instrumentation.openai.v1": "TRACELOOP_TRACE_CONTENT=true",
        "ai": "recordInputs",
        "com.anthropic.claude_code.tracing": "coding agents",
        "my.app": "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT",
    }
    first = {emitter: next(text for text in texts() if text.fits("otlp", emitter)) for emitter in emitters}

    assert [] == [emitter for emitter, words in emitters.items() if words not in first[emitter].note]


def test_the_command_prints_tables_and_json(llmcost: Run) -> None:
    done = llmcost("doctor", FIXTURES / "litellm.jsonl", "-f", "json")

    rows = json.loads(done.stdout)["rows"]
    assert (done.returncode, rows[0]["check"], rows[0]["requests"]) == (0, "emitters", 34)
    assert {"check": "can run", "subject": "retries"}.items() <= rows[-9].items()


def test_an_empty_store_is_refused(llmcost: Run) -> None:
    assert llmcost("doctor", "--db", "nowhere.duckdb").returncode == 3
