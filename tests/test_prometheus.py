"""The Prometheus file says what the reports say, is read by Prometheus' own parser, and is whole at any moment."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from llmcost.cli.output import write_bytes
from llmcost.errors import OutputError, UsageError
from llmcost.export.prometheus.gauges import MOST_SERIES, check_size, group_gauges, window_gauges
from llmcost.export.prometheus.measures import BUDGETS, MEASURES
from llmcost.export.prometheus.text import EMPTY, Gauge, label, number, write
from llmcost.ingest import ingest
from llmcost.pricing import Book
from llmcost.store import Filters, Store
from tests.conftest import FIRST, FIXTURES, ROOT, Completed, Run

LOGS = (*FIRST, FIXTURES / "llmcost.jsonl")
SINCE = ("--since", "2026-10-01", "--until", "2026-11-20")
DOC = (ROOT / "docs" / "prometheus.md").read_text(encoding="utf-8")
TIMES = (
    "llmcost_last_request_timestamp_seconds",
    "llmcost_window_seconds",
    "llmcost_export_timestamp_seconds",
    "llmcost_prices_checked_timestamp_seconds",
)
NAMES = {*(m.name for m in MEASURES), *(g.name for g in BUDGETS.values()), "llmcost_savings_usd", *TIMES}
BUDGET_FILE = "budgets:\n  - {of: all, monthly_usd: 8000, daily_usd: 400}\n  - {of: key, monthly_usd: 1.25}\n"
Labels = tuple[tuple[str, str], ...]
Read = dict[str, dict[Labels, float]]


def read(text: str) -> Read:
    """Read a file with Prometheus' own parser; a series that stands twice fails."""
    found: Read = {}
    for family in text_string_to_metric_families(text):
        assert ("gauge", True) == (family.type, bool(family.documentation))
        samples = [(tuple(sorted(sample.labels.items())), float(sample.value)) for sample in family.samples]
        assert len(samples) == len(dict(samples)) > 0
        assert family.name not in found
        found[family.name] = dict(samples)
    return found


def exported(done: Completed) -> Read:
    assert 0 == done.returncode, done.stderr
    return read(done.stdout)


def labels(**pairs: str) -> Labels:
    return tuple(sorted(pairs.items()))


def reported(llmcost: Run, *args: str | Path, logs: tuple[Path, ...] = LOGS) -> dict[str, Any]:
    done = llmcost(*args, "-f", "json", *SINCE, *logs)
    assert 0 == done.returncode, done.stderr
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def told(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def own_log(tmp_path: Path, *requests: dict[str, Any]) -> Path:
    path = tmp_path / "own.jsonl"
    shared = {"llmcost": 1, "provider_name": "openai", "request_model": "gpt-4o", "status": "ok"}
    lines = [json.dumps({"request_id": f"r{at}", **shared, **request}) for at, request in enumerate(requests)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("by", [("provider", "model"), ("key",), ("team", "operation", "day"), ("tag",)])
def test_every_number_is_the_reports(llmcost: Run, by: tuple[str, ...]) -> None:
    # one store: a raw key has another hash in each
    llmcost("ingest", *LOGS)
    found = exported(llmcost("export", "prometheus", "--by", ",".join(by), *SINCE))
    reports = {view: reported(llmcost, "report", view, "--by", ",".join(by), logs=())["rows"] for view in views()}

    for measure in (m for m in MEASURES if m.view in reports):
        expected = {}
        for row in reports[measure.view]:
            for column, quantile in measure.columns.items():
                names = [*by, *{"latency": ["stream"], "errors": ["error_kind"]}.get(measure.view, [])]
                pairs = {name: told(row[name]) for name in names} | ({"quantile": quantile} if quantile else {})
                if row[column] is not None:
                    value = float(Decimal(str(row[column])) / 1000) if column.endswith("_ms") else row[column]
                    expected[labels(**pairs)] = value

        assert (measure.name, expected) == (measure.name, found.get(measure.name, {}))


def views() -> list[str]:
    return sorted({measure.view for measure in MEASURES} - {"uncosted"})


def test_a_group_may_have_the_name_of_a_measure(llmcost: Run) -> None:
    found = exported(llmcost("export", "prometheus", "--by", "input_tokens", *SINCE, *LOGS))
    sums = {
        keys: int(dict(keys)["input_tokens"]) * found["llmcost_requests"][keys]
        for keys in found["llmcost_input_tokens"]
    }

    assert sums == found["llmcost_input_tokens"]


def test_what_has_no_cost_is_counted_as_in_the_coverage(llmcost: Run) -> None:
    covered = reported(llmcost, "report")["coverage"]
    for by in ("provider,model", "key", ""):
        found = exported(llmcost("export", "prometheus", "--by", by, *SINCE, *LOGS))

        unpriced = sum(item["requests"] for item in covered["unpriced"])
        assert unpriced == sum(found["llmcost_unpriced_requests"].values()) == 1
        assert covered["usage_missing"] == sum(found["llmcost_usage_missing_requests"].values()) == 3


def test_numbers_are_those_worked_out_by_hand(llmcost: Run, tmp_path: Path) -> None:
    log = own_log(
        tmp_path,
        # 1,000 of 4,000 cached: 3,000 x $2.50 + 1,000 x $1.25 + 500 x $10 per million = $0.01375
        {
            **{"started_at": "2026-11-02T08:00:00.250Z", "duration_ms": 1234.567, "time_to_first_token_ms": 310.5},
            **{"input_tokens": 4000, "cache_read_input_tokens": 1000, "output_tokens": 500, "is_stream": True},
        },
        {"started_at": "2026-11-02T09:00:00Z", "status": "error", "http_status_code": 429},
    )
    found = exported(llmcost("export", "prometheus", "--since", "2026-11-02", "--until", "2026-11-02T12:00", log))
    group = {"provider": "openai", "model": "gpt-4o"}

    assert {labels(**group): 2.0} == found["llmcost_requests"]
    assert {labels(**group): 0.01375} == found["llmcost_cost_usd"]
    assert {labels(**group): 0.25} == found["llmcost_cached_ratio"]
    assert {labels(**group): 0.5} == found["llmcost_error_ratio"]
    assert {labels(**group, error_kind="rate_limit"): 1.0} == found["llmcost_errors"]
    for name, seconds in (("llmcost_latency_seconds", 1.234567), ("llmcost_first_token_seconds", 0.3105)):
        expected = {labels(**group, stream="true", quantile=q): seconds for q in ("0.5", "0.95", "0.99")}
        assert expected == found[name]
    # 2026-11-02 is day 20,759 since 1970
    assert {(): 20_759 * 86_400 + 9 * 3600.0} == found["llmcost_last_request_timestamp_seconds"]
    assert {(): 12 * 3600.0} == found["llmcost_window_seconds"]


def test_what_is_not_known_is_absent_and_never_zero(llmcost: Run, tmp_path: Path) -> None:
    log = own_log(tmp_path, {"started_at": "2026-11-02T08:00:00Z", "request_model": "nobodys-model", "input_tokens": 5})
    found = exported(llmcost("export", "prometheus", *SINCE, log))

    absent = {"cost_usd", "cached_tokens", "cached_ratio", "output_tokens", "latency_seconds", "first_token_seconds"}
    assert not {f"llmcost_{name}" for name in absent} & found.keys()
    assert [5.0] == list(found["llmcost_input_tokens"].values())
    assert [0.0] == list(found["llmcost_error_ratio"].values())


HOSTILE = (
    'a"b',
    "back\\slash",
    "two\nlines",
    '\\"',
    "\\n",
    "ends\\",
    "}",
    '{a="b"} 1',
    "# HELP x",
    "tab\tü 日本 😀",
    "a\rb",
)


def test_any_label_value_is_read_back(llmcost: Run, tmp_path: Path) -> None:
    requests = [{"started_at": "2026-11-02T08:00:00Z", "input_tokens": 1, "api_key_alias": key} for key in HOSTILE]
    done = llmcost("export", "prometheus", "--by", "key", "-o", "x.prom", *SINCE, own_log(tmp_path, *requests))

    assert (0, "") == (done.returncode, done.stdout)
    # as bytes: a carriage return in a label is no end of a line
    found = read((tmp_path / "x.prom").read_bytes().decode())
    assert {labels(key=key): 1.0 for key in HOSTILE} == found["llmcost_requests"]


TEXTS = st.text(st.characters(codec="utf-8")).filter(lambda text: text != EMPTY)


@given(st.lists(TEXTS, unique=True, min_size=1))
def test_any_text_is_a_label_of_its_own(texts: list[str]) -> None:
    gauge = Gauge("a", "b", tuple(({"key": text}, at) for at, text in enumerate(texts)))

    assert {labels(key=label(text)): float(at) for at, text in enumerate(texts)} == read("".join(write([gauge])))["a"]


def test_no_value_and_empty_text_are_not_the_same() -> None:
    (found,) = read("".join(write([Gauge("a", "b", (({"key": None}, 1), ({"key": ""}, 2)))]))).values()

    assert {labels(key=""): 1.0, labels(key="(empty)"): 2.0} == found


def test_two_values_of_one_series_are_refused() -> None:
    with pytest.raises(UsageError, match=r'a: two values with the same labels: \{key="x"\}'):
        list(write([Gauge("a", "b", (({"key": "x"}, 1), ({"key": "x"}, 2)))]))


@given(
    st.decimals(allow_nan=False, allow_infinity=False)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
def test_a_number_loses_nothing_that_a_float_can_hold(value: Decimal | int | float) -> None:
    text = number(value)

    assert Decimal(text) == Decimal(repr(value) if isinstance(value, float) else value)


def test_times_are_seconds_to_the_microsecond() -> None:
    assert "1.000001" == number(datetime(1970, 1, 1, 0, 0, 1, 1))
    assert "90" == number(timedelta(minutes=1.5))


def test_an_empty_window_is_valid_and_tells_its_times(llmcost: Run) -> None:
    found = exported(llmcost("export", "prometheus", "--since", "2026-11-19", "--until", "2026-11-20", *LOGS))

    assert set(TIMES) == found.keys()
    assert {(): 86_400.0} == found["llmcost_window_seconds"]
    assert 1_793_606_405 <= found["llmcost_last_request_timestamp_seconds"][()] < 1_795_000_000


def test_a_window_is_the_last_day_to_the_second_if_nothing_is_said(llmcost: Run) -> None:
    found = exported(llmcost("export", "prometheus", *LOGS))

    assert {(): 86_400.0} == found["llmcost_window_seconds"]
    assert "[default: 24h]" in llmcost("export", "prometheus", "--help").stdout


def test_a_window_ends_now_at_the_latest(store: Store, book: Book) -> None:
    now = datetime(2026, 11, 20)
    filters = Filters(since=datetime(2026, 11, 19), until=datetime(2030, 1, 1))
    gauges = {gauge.name: gauge.known for gauge in window_gauges(store.price(book), filters, None, now)}

    assert [({}, timedelta(days=1))] == gauges["llmcost_window_seconds"]
    assert [] == gauges["llmcost_last_request_timestamp_seconds"]
    assert [] == gauges["llmcost_prices_checked_timestamp_seconds"]


def test_budgets_are_those_of_the_report(llmcost: Run, tmp_path: Path) -> None:
    (tmp_path / "llmcost.yaml").write_text(BUDGET_FILE)
    llmcost("ingest", *LOGS)
    found = exported(llmcost("export", "prometheus", *SINCE))
    rows = reported(llmcost, "report", "budget", logs=())["rows"]

    for column, gauge in BUDGETS.items():
        expected = {
            labels(budget=row["budget"], period={7: "month", 10: "day"}[len(row["period"])]): row[column]
            for row in rows
            if row[column] is not None
        }
        assert expected == found[gauge.name]
    assert 400.0 == found["llmcost_budget_usd"][labels(budget="all", period="day")]
    assert 1.25 == found["llmcost_budget_usd"][labels(budget="key=search-service", period="month")]


def test_a_budget_that_stands_twice_is_refused(llmcost: Run, tmp_path: Path) -> None:
    (tmp_path / "llmcost.yaml").write_text("budgets: [{of: all, daily_usd: 1}, {of: all, daily_usd: 2}]\n")
    done = llmcost("export", "prometheus", *SINCE, *LOGS)

    assert (2, "") == (done.returncode, done.stdout)
    assert 'llmcost_budget_usd: two values with the same labels: {budget="all",period="day"}' in done.stderr


def test_savings_are_those_of_the_waterfall_and_only_if_asked_for(llmcost: Run) -> None:
    found = exported(llmcost("export", "prometheus", "--savings", *SINCE, *LOGS))
    rows = reported(llmcost, "savings")["rows"][1:-1]

    assert {labels(detector=row["line"]): row["saving_usd"] for row in rows} == found["llmcost_savings_usd"]
    assert "llmcost_savings_usd" not in exported(llmcost("export", "prometheus", *SINCE, *LOGS))


def test_savings_that_no_detector_can_tell_do_not_stop_the_rest(llmcost: Run, tmp_path: Path) -> None:
    log = own_log(tmp_path, {"started_at": "2026-11-02T08:00:00Z", "input_tokens": 5})
    done = llmcost("export", "prometheus", "--savings", *SINCE, log)

    assert "llmcost_requests" in exported(done)


def test_the_top_groups_and_the_rest_are_all_requests(llmcost: Run) -> None:
    every = exported(llmcost("export", "prometheus", *SINCE, *LOGS))
    found = exported(llmcost("export", "prometheus", "--top", "2", *SINCE, *LOGS))

    assert 3 == len(found["llmcost_requests"])
    assert labels(provider="other", model="") in found["llmcost_requests"]
    for name in ("llmcost_requests", "llmcost_errors", "llmcost_unpriced_requests", "llmcost_input_tokens"):
        assert sum(every[name].values()) == sum(found[name].values())


def test_a_group_named_other_is_not_the_rest(llmcost: Run, tmp_path: Path) -> None:
    keys = {"other": 9000, "b": 20, "c": 10}
    requests = [
        {"started_at": "2026-11-02T08:00:00Z", "input_tokens": count, "output_tokens": 0, "api_key_alias": key}
        for key, count in keys.items()
    ]
    log = own_log(tmp_path, *requests)
    found = exported(llmcost("export", "prometheus", "--by", "key", "--top", "1", *SINCE, log))

    assert {labels(key="other"): 9000.0, labels(key="(other)"): 30.0} == found["llmcost_input_tokens"]


def test_a_label_that_a_gauge_has_anyway_stands_once(llmcost: Run) -> None:
    found = exported(llmcost("export", "prometheus", "--by", "stream,error_kind", *SINCE, *LOGS))

    assert {"stream", "error_kind"} == {name for keys in found["llmcost_requests"] for name, _ in keys}
    assert {"stream", "error_kind", "quantile"} == {n for keys in found["llmcost_latency_seconds"] for n, _ in keys}


def many(tmp_path: Path) -> Path:
    request = {"started_at": "2026-11-02T08:00:00Z", "input_tokens": 1000, "output_tokens": 10}
    return own_log(tmp_path, *[request] * (MOST_SERIES + 1))


def test_too_many_series_are_refused_with_a_way_out(llmcost: Run, tmp_path: Path) -> None:
    assert 0 == llmcost("ingest", many(tmp_path)).returncode
    (tmp_path / "x.prom").write_text("as it was")
    done = llmcost("export", "prometheus", "--by", "request_id", *SINCE, "-o", "x.prom")

    assert (2, "as it was") == (done.returncode, (tmp_path / "x.prom").read_text())
    assert "error: --by request_id: more than 2,000 series\nhint: --top 50" in done.stderr
    assert 21 == len(
        exported(llmcost("export", "prometheus", "--by", "request_id", "--top", "20", *SINCE))["llmcost_requests"]
    )


def test_the_most_series_are_the_most(store: Store, book: Book, tmp_path: Path) -> None:
    samples = tuple(({"key": at}, 1) for at in range(MOST_SERIES))
    check_size([Gauge("a", "b", samples), Gauge("c", "d", (({}, None),))])

    with pytest.raises(UsageError, match=r"2,001 series, more than 2,000; most are a \(2,000\)"):
        check_size([Gauge("a", "b", samples), Gauge("c", "d", (({}, 1),))])
    ingest(store, [str(many(tmp_path))])
    with pytest.raises(UsageError, match="more than 2,000 series"):
        group_gauges(store.price(book), Filters(), ("request_id",), top=2001)


def test_nothing_but_the_time_of_the_export_differs_between_two_runs(llmcost: Run) -> None:
    one, two = (llmcost("export", "prometheus", "--savings", *SINCE, *LOGS).stdout.splitlines() for _ in range(2))
    differing = [pair[0].split()[0] for pair in zip(one, two, strict=True) if pair[0] != pair[1]]

    assert ["llmcost_export_timestamp_seconds"] == differing


def test_series_stand_in_the_order_of_their_labels(llmcost: Run) -> None:
    text = llmcost("export", "prometheus", *SINCE, *LOGS).stdout
    groups = re.findall(r"^llmcost_cost_usd\{(.*)\}", text, re.MULTILINE)

    assert sorted(groups) == groups != []


def test_names_are_as_prometheus_wants_them(llmcost: Run) -> None:
    lines = llmcost("export", "prometheus", *SINCE, *LOGS).stdout.splitlines()
    heads = [line.split()[1:3] for line in lines if line.startswith("#")]

    assert heads[::2] == [["HELP", name] for _, name in heads[1::2]]
    assert all(re.fullmatch(r"llmcost_[a-z_]+", name) for name in NAMES)
    assert not [name for name in NAMES if re.search(r"_(total|count|sum|bucket|info|ms|share|percent|gauge)$", name)]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--since", "2026-11-20", "--until", "2026-11-20"), "--since 2026-11-20 is not before --until 2026-11-20"),
        (("--since", "2999-01-01"), "--since: not before the end of the window"),
        (("--by", "colour"), "colour: no such column"),
        (("--top", "0"), "--top 0: not a number of groups"),
        (("--top", "1", "--by", "stream"), "--top with --by stream: some gauges have it as a label anyway"),
        (("--by", "day,hour,key,team,user"), "--by takes at most 4 columns"),
        (
            ("-o", "nowhere/x.prom", *SINCE),
            "nowhere/x.prom: cannot be written: No such file or directory\nhint: is its",
        ),
        (("-o", ".", *SINCE), ".: cannot be written: Is a directory"),
    ],
)
def test_what_cannot_be_done_is_said(llmcost: Run, tmp_path: Path, args: Sequence[str], words: str) -> None:
    done = llmcost("export", "prometheus", *args, *LOGS)

    assert (2, "", []) == (done.returncode, done.stdout, list(tmp_path.iterdir()))
    assert f"error: {words}" in done.stderr


def test_strict_writes_the_file_and_leaves_with_4(llmcost: Run, tmp_path: Path) -> None:
    done = llmcost("export", "prometheus", "--strict", "-o", "x.prom", *SINCE, *LOGS)

    assert (4, "") == (done.returncode, done.stdout)
    assert "llmcost_requests" in read((tmp_path / "x.prom").read_text(encoding="utf-8"))
    assert ["x.prom"] == [path.name for path in tmp_path.iterdir()]
    assert 0o644 == (tmp_path / "x.prom").stat().st_mode & 0o777


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    place, done = tmp_path / "x.prom", threading.Event()
    seen: set[bytes] = set()
    contents = [bytes([65 + at]) * (200_000 + at) for at in range(20)]

    def look() -> None:
        while not done.is_set():
            seen.update(path.read_bytes() for path in tmp_path.glob("*.prom"))

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for content in contents:
            write_bytes([content], place)
    finally:
        done.set()
        reader.join()

    assert seen <= set(contents)
    assert (contents[-1], [place]) == (place.read_bytes(), list(tmp_path.iterdir()))


def test_what_fails_leaves_the_earlier_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    place = tmp_path / "x.prom"
    write_bytes([b"old"], place)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="cannot be written: No space left on device"):
        write_bytes([b"new"], place)

    assert (b"old", [place]) == (place.read_bytes(), list(tmp_path.iterdir()))


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link, file = tmp_path / "x.prom", tmp_path / "folder" / "y.prom"
    file.write_bytes(b"old")
    link.symlink_to(file)
    write_bytes([b"new"], link)

    assert (True, b"new") == (link.is_symlink(), file.read_bytes())


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe, heard = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    write_bytes([b"text"], pipe)
    reader.join(10)

    assert ([b"text"], True) == (heard, pipe.is_fifo())


def test_every_gauge_is_written_and_documented(llmcost: Run, tmp_path: Path) -> None:
    (tmp_path / "llmcost.yaml").write_text(BUDGET_FILE)
    found = exported(llmcost("export", "prometheus", "--savings", *SINCE, *LOGS))
    documented = re.findall(r"^\| `(llmcost_\w+)`", DOC, re.MULTILINE)

    assert NAMES == found.keys()
    assert list(found) == documented


def test_the_alert_rules_ask_for_gauges_and_labels_that_there_are(llmcost: Run, tmp_path: Path) -> None:
    (tmp_path / "llmcost.yaml").write_text(BUDGET_FILE)
    found = exported(llmcost("export", "prometheus", *SINCE, *LOGS))
    block = re.search(r"```yaml\n(.*?)```", DOC, re.DOTALL)
    assert block is not None
    rules = yaml.safe_load(block[1])["groups"][0]["rules"]

    assert 8 == len({rule["alert"] for rule in rules})
    for rule in rules:
        asked = set(re.findall(r"llmcost_\w+", rule["expr"]))
        having = [{name for keys in found[gauge] for name, _ in keys} for gauge in asked]
        words = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        assert (rule["alert"], True) == (rule["alert"], bool(asked) and asked <= found.keys())
        assert words <= set.intersection(*having)
