"""The command line as a user meets it: exit codes, data on stdout, talk on stderr, an answer to every bad input."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

import llmcost as package
from tests.conftest import FIRST, FIXTURES, Run

LITELLM = FIXTURES / "litellm.jsonl"


@pytest.fixture
def filled(llmcost: Run, first_store: Path, tmp_path: Path) -> Run:
    """The command where a store is."""
    shutil.copy(first_store, tmp_path / "llmcost.duckdb")
    return llmcost


def test_ingest_then_report(filled: Run) -> None:
    done = filled("report", "--by", "model", "-f", "csv")

    assert done.returncode == 0
    head, first, *rest = done.stdout.splitlines()
    assert head.startswith("model,requests,input_tokens,cached_tokens,output_tokens,cost_usd,cost_share")
    assert first.startswith("claude-opus-4-6,1,60700,0,1900,0.3861,")
    assert len(rest) + 1 == 9
    assert "coverage: 43 of 45 requests have a cost" in done.stderr


def test_stdout_is_data_and_the_envelope_says_what_it_covers(filled: Run) -> None:
    done = filled("report", "--by", "provider,day", "--format", "json")
    document = json.loads(done.stdout, parse_float=Decimal)

    assert {"schema_version", "command", "window", "pricing", "coverage", "view", "rows", "totals"} == set(document)
    assert (document["schema_version"], document["command"]) == (1, "report")
    assert tuple(document["coverage"][k] for k in ("requests", "priced_requests", "usage_missing")) == (45, 43, 1)
    assert [item["model"] for item in document["coverage"]["unpriced"]] == ["house-model-1"]
    assert len(document["pricing"]["sha256"]) == 64
    costs = [row["cost_usd"] for row in document["rows"] if row["cost_usd"] is not None]
    assert document["totals"]["cost_usd"] == sum(costs)
    assert sum(row["requests"] for row in document["rows"]) == 45


def test_unpriced_is_null_and_never_zero(filled: Run) -> None:
    rows = [json.loads(line) for line in filled("report", "-f", "jsonl").stdout.splitlines()]

    assert [r["cost_usd"] for r in rows if r["model"] == "house-model-1"] == [None]


def test_strict_exits_with_4_and_still_prints(filled: Run) -> None:
    strict = filled("report", "--strict")
    complete = filled("report", "--strict", "--where", "team=reports")

    assert (strict.returncode, "claude" in strict.stdout) == (4, True)
    assert "2 of 45 requests have no cost" in strict.stderr
    assert complete.returncode == 0


def test_logs_can_be_reported_without_a_store(llmcost: Run, tmp_path: Path) -> None:
    done = llmcost("report", "--by", "team", LITELLM, "-f", "tsv")

    assert done.returncode == 0
    assert done.stdout.startswith("team\trequests")
    assert list(tmp_path.iterdir()) == []


def test_filters_narrow_and_repeat_as_or(filled: Run) -> None:
    def requests(*args: str) -> int:
        document = json.loads(filled("report", "-f", "json", *args).stdout)
        return int(document["totals"]["requests"])

    assert requests("--where", "team=support") == 12
    assert requests("--where", "team=support", "--where", "team=reports") == 15
    assert requests("--where", "team=support", "--where", "status=error") == 2
    assert requests("--where", "team!=support", "--where", "team!=reports") == 30
    assert requests("--until", "2026-10-31") == 0
    assert requests("--since", "2026-11-02", "--until", "2026-11-03") == requests("--where", "day=2026-11-02")


def test_a_request_with_two_wanted_tags_is_one_request(llmcost: Run, tmp_path: Path) -> None:
    call = {"request_model": "gpt-4o", "status": "ok", "input_tokens": 1000, "output_tokens": 10}
    tags: list[list[str]] = [["a", "b"], ["b"], []]
    lines = [
        json.dumps({"request_id": f"r{i}", "started_at": f"2026-11-02T09:00:0{i}Z", "tags": tags[i], **call}) + "\n"
        for i in range(3)
    ]
    (tmp_path / "log.jsonl").write_text("".join(lines), encoding="utf-8")

    def counted(*conditions: str) -> int:
        wanted = [part for condition in conditions for part in ("--where", condition)]
        report = json.loads(llmcost("report", *wanted, "-f", "json", "log.jsonl").stdout)
        return int(report["totals"]["requests"])

    assert (2, 1, 1) == (counted("tag=a", "tag=b"), counted("tag!=b"), counted("tag="))


def test_a_tag_counts_under_each_of_its_requests(filled: Run) -> None:
    rows = [json.loads(line) for line in filled("report", "--by", "tag", "-f", "jsonl").stdout.splitlines()]

    assert {row["tag"]: row["requests"] for row in rows} == {"prod": 34, "nightly": 3, None: 8}


def test_output_goes_to_a_file_whose_name_says_the_format(filled: Run, tmp_path: Path) -> None:
    done = filled("report", "cost", "-o", "spend.md")

    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "spend.md").read_text(encoding="utf-8").startswith("| model | requests |")


def test_the_database_comes_from_the_environment_too(llmcost: Run, tmp_path: Path) -> None:
    llmcost("ingest", LITELLM, env={"LLMCOST_DB": "elsewhere.duckdb"})

    assert (tmp_path / "elsewhere.duckdb").exists()


def test_a_book_of_ones_own_replaces_a_model(filled: Run, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "format: llmcost-pricing/1\nmodels:\n"
        "  - {provider: acme, model: house-model-1, prices: [{input: 1, output: 10}]}\n",
        encoding="utf-8",
    )
    args = ("report", "--where", "model=house-model-1", "-f", "jsonl", "--pricing", "own.yaml")

    # 800 x 1 + 90 x 10 = 1,700 micro-USD
    assert Decimal("0.0017") == json.loads(filled(*args).stdout, parse_float=Decimal)["cost_usd"]


BAD = [
    (("ingest", "nowhere"), 3, "nowhere: no such file or folder"),
    (("ingest", "empty-folder"), 3, "empty-folder: the folder holds no files"),
    (("ingest", "no-logs"), 3, "no logs found in 1 file"),
    (("ingest", "binary.log"), 3, "a binary file"),
    (("ingest", "unknown.jsonl"), 3, "not in a format that llmcost knows"),
    (("ingest", "broken.jsonl", "--format", "litellm"), 3, "not one line could be understood"),
    (("ingest", "--format", "nonsense", "unknown.jsonl"), 2, "--format nonsense: no such format"),
    (("ingest", "--db", "no/such/folder/x.duckdb", "good.jsonl"), 3, "cannot be opened"),
    (("ingest", "--db", "text.txt", "good.jsonl"), 3, "text.txt: not a llmcost store"),
    (("report",), 3, "llmcost.duckdb: no such store"),
    (("report", "good.jsonl", "--by", "colour"), 2, "colour: no such column"),
    (("report", "good.jsonl", "--by", "model,team,day,key,user"), 2, "at most 4 columns"),
    (("report", "good.jsonl", "--where", "model"), 2, "not of the form column=value"),
    (("report", "good.jsonl", "--since", "tomorrow"), 2, "tomorrow: not a date and not an age"),
    (("report", "good.jsonl", "-f", "xml"), 2, "--format xml: no such output format"),
    (("report", "good.jsonl", "--pricing", "none.yaml"), 2, "none.yaml: no such price book"),
    (("report", "good.jsonl", "--pricing", "twice.yaml"), 2, "twice.yaml:2: duplicate key `format`"),
    (("report", "good.jsonl", "--pricing", "strange.yaml"), 2, "strange.yaml:3: unknown key `colour`"),
    (("report", "good.jsonl", "-o", "no/such/folder/x.csv"), 2, "cannot be written"),
    (("report", "--nonsense"), 2, "No such option"),
    (("nonsense",), 2, "No such command"),
]


@pytest.mark.parametrize(("args", "code", "words"), BAD, ids=[" ".join(args) for args, _, _ in BAD])
def test_bad_input_is_answered(llmcost: Run, tmp_path: Path, args: tuple[str, ...], code: int, words: str) -> None:
    (tmp_path / "empty-folder").mkdir()
    (tmp_path / "no-logs").mkdir()
    (tmp_path / "no-logs" / "readme.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "binary.log").write_bytes(bytes(range(256)))
    (tmp_path / "unknown.jsonl").write_text('{"foo": 1}\n', encoding="utf-8")
    (tmp_path / "broken.jsonl").write_text("{}\n[1]\n", encoding="utf-8")
    (tmp_path / "good.jsonl").write_bytes(LITELLM.read_bytes())
    (tmp_path / "text.txt").write_text("text", encoding="utf-8")
    (tmp_path / "twice.yaml").write_text("format: llmcost-pricing/1\nformat: x\n", encoding="utf-8")
    (tmp_path / "strange.yaml").write_text("format: llmcost-pricing/1\n\ncolour: red\n", encoding="utf-8")

    done = llmcost(*args)

    assert code == done.returncode, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == "" or args[0] == "ingest"


def test_a_store_that_may_not_be_written_is_answered(llmcost: Run, tmp_path: Path) -> None:
    assert llmcost("ingest", LITELLM).returncode == 0
    (tmp_path / "llmcost.duckdb").rename(tmp_path / "folder.duckdb")
    (tmp_path / "llmcost.duckdb").mkdir()

    done = llmcost("ingest", LITELLM)

    assert done.returncode == 3
    assert "llmcost.duckdb" in done.stderr and "Traceback" not in done.stderr


def test_a_reader_that_leaves_early_hears_nothing(filled: Run, tmp_path: Path) -> None:
    command = f"{sys.executable} -m llmcost report --by request_id -f csv 2>err | head -n 1"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout.startswith("request_id,")
    assert "rror" not in (tmp_path / "err").read_text(encoding="utf-8")


def test_ctrl_c_leaves_with_130_and_a_whole_store(llmcost: Run, tmp_path: Path) -> None:
    log = tmp_path / "big.jsonl"
    log.write_bytes(LITELLM.read_bytes().replace(b'"prod"', b'"' + b"x" * 400 + b'"') * 6000)
    process = subprocess.Popen(
        [sys.executable, "-m", "llmcost", "ingest", str(log)], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    # the store is there: the reading has begun
    while not (tmp_path / "llmcost.duckdb").exists() and process.poll() is None:
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGINT)
    _, talk = process.communicate(timeout=60)

    assert (process.returncode, "interrupted" in talk) == (130, True)
    assert llmcost("ingest", LITELLM).returncode == 0


def test_ctrl_c_while_the_program_is_loaded_leaves_with_130_and_no_traceback(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from llmcost.cli import main\n"
        "class Press:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'llmcost.cli.app': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Press()); main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)

    assert (130, "error: interrupted") == (done.returncode, done.stderr.splitlines()[0])


def test_help_shows_the_commands(llmcost: Run) -> None:
    done = llmcost("--help")

    assert done.returncode == 0
    assert "ingest" in done.stdout and "report" in done.stdout


ROOMS = ("check", "export", "ingest", "pricing", "report", "show", "sql", "waste")


@pytest.mark.parametrize(
    ("words", "without"),
    [
        (["--help"], ("duckdb", "yaml", "rich", "polars", *(f"llmcost.cli.{room}" for room in ROOMS))),
        (["pricing", "--help"], ("duckdb", "yaml", "rich", "polars", "llmcost.cli.report")),
        (["report", "--help"], ("duckdb", "yaml", "rich", "polars", "llmcost.cli.pricing")),
        (["pricing", "show", "gpt-4o"], ("duckdb", "polars", "pyarrow", "numpy", "llmcost.cli.report")),
        (
            ["report", str(FIRST[0])],
            ("polars", "pyarrow", "numpy", "llmcost.configuration", "llmcost.detect", "llmcost.check"),
        ),
    ],
)
def test_a_command_imports_no_more_than_it_needs(words: list[str], without: tuple[str, ...]) -> None:
    code = "import sys; sys.argv = ['llmcost', *sys.argv[1:]]; from llmcost.cli import guarded; code = guarded(); "
    code += "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)

    assert set() == set(without) & set(done.stderr.splitlines()[-1].split())


def test_the_version_is_the_packages(llmcost: Run) -> None:
    assert f"llmcost {package.__version__}\n" == llmcost("--version").stdout
