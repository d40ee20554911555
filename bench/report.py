"""How long views take: whole processes over one store on disk, in interleaved rounds.

The store is that of bench/detect.py with answers that took different times, a third of them streamed, and 2 % failures.
Printed is a Markdown table of medians with the lowest and the highest, in seconds, the highest memory, and the bar.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import detect, processes

VARIED = """
    insert into requests by name
    select
        * exclude (i) replace (
            case when i % 50 = 7 then 'error' else status end as status,
            case when i % 50 = 7 then null else finish_reason end as finish_reason,
            started_at + to_milliseconds(200 + cast(hash(i) % 30000 as bigint)) as ended_at
        ),
        case when i % 50 = 7 then case when i % 3 = 0 then 500 else 429 end end as http_status_code,
        i % 3 = 0 as is_stream,
        case when i % 3 = 0 then started_at + to_milliseconds(100 + cast(hash(i) % 99 as int)) end as first_token_at,
        case when i % 4 = 0 then 2048 end as max_tokens_requested
    from (select *, cast(split_part(request_id, '-', 2) as bigint) as i from (MADE))
"""
VIEWS = ("overview", "cost", "latency", "cache", "errors", "reliability", "efficiency", "budget", "requests")
COMMANDS = {
    "report --by model,day": ["report", "--by", "model,day"],
    **{f"report {name}": ["report", name] for name in VIEWS},
    "report cost --over day --by model": ["report", "cost", "--over", "day", "--by", "model"],
    "report -f html": ["report", "-f", "html", "-o", str(Path(tempfile.gettempdir()) / "llmcost-bench.html")],
}
BARS = {name: "<= 10 s" if "html" in name else "<= 2 s" for name in COMMANDS}

if __name__ == "__main__":
    made = detect.REQUESTS.replace("insert into requests by name", "", 1)
    processes.run(processes.Bench(COMMANDS, BARS, VARIED.replace("MADE", made)), __doc__)
