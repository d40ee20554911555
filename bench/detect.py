"""How long detectors take: whole processes over one store on disk, in interleaved rounds, beside a report.

The store holds invented requests, made in the database: 3 % are attempts sent again, a tenth of the keys asks for
labels, every fifth key has a long system prompt that nobody caches, and every twentieth request embeds ten texts.
Printed is a Markdown table of medians with the lowest and the highest, in seconds, the highest memory, and the bar.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import processes

REQUESTS = """
    insert into requests by name
    with
        numbered as (
            select
                i,
                i // 100 as app,
                i % 20 = 19 as is_embedding,
                i - case when i % 100 < 4 then i % 100 else 0 end as asked,
                timestamp '2026-10-01' + to_microseconds(i * (2592000000000 // $rows)) as started_at
            from range($first, $last) made(i)
        )
    select
        'request-' || i as request_id, hash(i) as dedupe_key, 1 as file_id, 'inclusive' as usage_basis,
        'bench' as gateway, 'openai' as provider_name, 'key-' || app % 200 as api_key_alias,
        case when is_embedding then 'text-embedding-3-small'
             else ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'o3', 'gpt-5'][1 + app % 5] end as request_model,
        started_at, started_at + to_milliseconds(100) as ended_at,
        case when is_embedding then 'embeddings' else 'chat' end as operation_name,
        'ok' as status, 'provider' as usage_source, false as is_batch,
        case when i % 100 < 3 then 'length' else 'stop' end as finish_reason,
        3000 + i % 977 as input_tokens, 0 as cache_read_input_tokens,
        case when is_embedding then 0 when app % 10 = 0 then 2 else 100 + i % 333 end as output_tokens,
        case when not is_embedding then hash(asked) end as prompt_hash,
        case when not is_embedding then md5('system' || app % 200) end as system_prompt_hash,
        case when app % 5 = 0 then 8000 else 800 end as system_prompt_chars, 12000 + 4 * (i % 977) as input_chars,
        case when not is_embedding then [hash(app % 200), hash(asked)] end as prefix_hashes,
        case when not is_embedding then [case when app % 5 = 0 then 8000 else 800 end, 12000 + 4 * (i % 977)] end
            as prefix_chars,
        case when is_embedding then null when app % 10 = 0 then hash(i % 8) else hash(i) end as output_hash,
        case when is_embedding then list_transform(range(10), lambda n: hash(i % 400000 + n)) end
            as embedding_item_hashes,
        case when is_embedding then list_transform(range(10), lambda n: 1200) end as embedding_item_chars,
        case when is_embedding then 1536 end as embedding_dimensions
    from numbered
"""
NAMES = ("retries", "prompt-tax", "model-mismatch", "context-bloat", "embeddings", "duplicates")
COMMANDS = {
    "report --by model,day": ["report", "--by", "model,day"],
    **{f"detect {name}": ["detect", name] for name in NAMES},
    "savings": ["savings"],
}
BARS = {"report --by model,day": "<= 2 s", "detect retries": "<= 4 s"}


if __name__ == "__main__":
    processes.run(processes.Bench(COMMANDS, BARS, REQUESTS), __doc__)
