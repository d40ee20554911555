/*
title: Clocks
answers: Which times cannot be right, or are not the log's own?
inputs: [scope, files]
*/
with
    doubts as (
        select
            unnest(
                [
                    struct_pack(
                        subject := 'ends before it starts',
                        requests := count_if(ended_at < started_at),
                        note := 'clocks of two machines; its latency means nothing'
                    ),
                    struct_pack(
                        subject := 'first token outside the request',
                        requests := count_if(first_token_at < started_at or first_token_at > ended_at),
                        note := 'clocks of two machines; its time to first token means nothing'
                    ),
                    struct_pack(
                        subject := 'starts after it was read',
                        requests := count_if(started_at > ingested_at),
                        note := 'the logging clock is ahead, or a zone is missing: see ingest --tz'
                    ),
                    struct_pack(
                        subject := 'no time of its own',
                        requests := count_if(is_file_time),
                        note := 'the date of its file stands for it, and prices follow it'
                    )
                ],
                recursive := true
            ),
            count(*) as everything
        from scope
        left join files using (file_id)
    )
select subject, requests, cast(requests as double) / nullif(everything, 0) as covered_share, note
from doubts
where requests > 0
