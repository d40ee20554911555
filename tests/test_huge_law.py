"""A store of very many names, of a wrong clock and of endless names: what is read is bounded, and says so."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from llmcost.store import Store
from tests.conftest import Run

pytestmark = pytest.mark.slow

# of a page, and of one command on a store of 60,000 requests
MOST_BYTES, MOST_SECONDS = 5_000_000, 60
# each second request of a model of its own, each of a key, team and user of its own; every third fails, each in its way
REQUESTS = """
    insert into requests by name
    select
        'r' || i as request_id,
        't' || i // 3 as trace_id,
        i::ubigint as dedupe_key,
        1 as file_id,
        case i when 5 then timestamp '2098-01-01' else timestamp '2026-11-01' + to_seconds(i * 20) end as started_at,
        case i when 5 then timestamp '2098-01-01' else timestamp '2026-11-01' + to_seconds(i * 20 + 2) end as ended_at,
        'litellm' as gateway,
        'openai' as provider_name,
        case i % 2 when 0 then 'gpt-4o' else 'm-' || (i % 30000) end as request_model,
        case i when 8 then repeat('k', 1000000) else 'k-' || i end as api_key_alias,
        case i when 7 then repeat('<k>', 350000) else 't-' || i end as team_alias,
        'u-' || i as user_id,
        'e-' || i as error_type,
        'chat' as operation_name,
        'provider' as usage_source,
        'inclusive' as usage_basis,
        false as is_batch,
        case i % 3 when 0 then 'error' else 'ok' end as status,
        case i % 3 when 0 then 429::smallint end as http_status_code,
        5000 as input_chars,
        1000 + i % 100 as input_tokens,
        50 as output_tokens,
        42::ubigint + i // 2 as prompt_hash,
        3::ubigint as output_hash
    from range(60000) as numbers(i)
"""


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("huge") / "llmcost.duckdb"
    with Store(path) as store:
        store.execute(
            "insert into files by name select 1 as file_id, 'a' as path, 'litellm' as format, 1 as size_bytes, "
            "1 as modified_ns, 1::ubigint as inode, now()::timestamp as ingested_at"
        )
        store.execute(REQUESTS)
        store.assign_name_ids()
    return path


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            "report -f html",
            (
                "groups: 200 of 15,001 by provider and model; the rest as one, -f csv has all",
                "findings: 200 of 40,000; the rest as one, -f csv has all",
                "gap: no requests between 2026-11-14 and 2098-01-01; not filled, is a clock wrong?",
                "other (14801)",
                "other (39800)",
            ),
        ),
        ("report --by key", ("groups: 200 of 60,000 by key; the rest as one, -f csv has all", "other (59800)")),
        ("detect all", ("findings: 200 of 40,000; the rest as one, -f csv has all", "other (39800)")),
    ],
)
def test_what_a_huge_store_shows_is_bounded_and_says_what_is_left_out(
    llmcost: Run, huge: Path, command: str, told: tuple[str, ...]
) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime

    done = llmcost(*command.split(), cwd=huge.parent)

    assert 0 == done.returncode, done.stderr
    assert len(done.stdout) < MOST_BYTES
    assert [] == [text for text in told if text not in done.stdout + done.stderr]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < MOST_SECONDS
