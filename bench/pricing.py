"""How long costs take beside tokens: the same requests summed by model and day, in interleaved rounds.

The store holds invented requests, made in the database. Printed are a Markdown table of the medians of the rounds'
ratios with the lowest and the highest, the bar, and the seconds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.measure import Ratio, Seconds, paired, spread
from llmcost.pricing import load_book, shipped_book_path
from llmcost.store import Store

REQUESTS = """
    insert into requests by name
    select
        'request-' || i as request_id, i as dedupe_key, 1 as file_id, 'inclusive' as usage_basis,
        'bench' as gateway, 'openai' as provider_name,
        ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'o3', 'gpt-5'][1 + i % 5] as request_model,
        timestamp '2026-09-01' + to_seconds(cast(i % 5184000 as integer)) as started_at,
        'chat' as operation_name, 'ok' as status, 'provider' as usage_source, false as is_batch,
        1000 + i % 977 as input_tokens, i % 500 as cache_read_input_tokens, 100 + i % 333 as output_tokens
    from range($rows) made(i)
"""
SUMS = {
    "costs": "select model, day, sum(cost_usd) from dimensions group by all",
    "tokens": "select model, day, sum(input_tokens), sum(output_tokens) from dimensions group by all",
    "columns": """
        select request_model, cast(started_at as date), sum(input_tokens), sum(output_tokens) from requests group by all
    """,
}
RATIOS = [Ratio("pricing", "costs", "tokens", "<= 2.0"), Ratio("pricing", "costs", "columns", "")]


def main() -> None:
    """Time the three sums and print their ratios."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=5_000_000)
    arguments.add_argument("--rounds", type=int, default=7)
    chosen = arguments.parse_args()
    with Store() as store:
        store.execute(REQUESTS, {"rows": chosen.rows})
        priced = store.price(load_book([shipped_book_path()]))
        # what is measured is not how prices are loaded
        priced.rows("select 1 from dimensions limit 1")
        seconds: Seconds = {name: [] for name in SUMS}
        for _ in range(chosen.rounds):
            for name, query in SUMS.items():
                began = time.perf_counter()
                priced.rows(query)
                seconds[name].append(time.perf_counter() - began)
    print(f"| {chosen.rounds} interleaved rounds, {chosen.rows:,} requests | median [lowest..highest] | bar |")
    print("|---|---|---|")
    for ratio in RATIOS:
        print(f"| {ratio.over} / {ratio.under} | {spread(paired(seconds, ratio))} | {ratio.bar} |")
    for name, measured in seconds.items():
        print(f"| {name}, s | {statistics.median(measured):.2f} | |")


if __name__ == "__main__":
    main()
