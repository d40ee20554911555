/*
title: Lines
answers: What was read that is not a new request?
inputs: [rejects, files, ingests]
*/
with
    sums as (
        select
            unnest(
                [
                    struct_pack(
                        subject := 'calls logged again',
                        requests := sum(duplicates),
                        note := 'stored once: the most complete record'
                    ),
                    struct_pack(
                        subject := 'records passed over',
                        requests := sum(passed_over),
                        note := 'no model calls: spans of agents and tools, messages of users'
                    ),
                    struct_pack(
                        subject := 'lines rejected',
                        requests := (select count(*) from rejects),
                        note := (
                            select concat('for example ', path, ':', line, ': ', reason)
                            from rejects
                            join files using (file_id)
                            order by path, line
                            limit 1
                        )
                    )
                ],
                recursive := true
            ),
            sum(new_requests) + sum(duplicates) + sum(passed_over) + sum(rejected) as everything
        from ingests
    )
select
    subject, requests, cast(requests as double) / nullif(cast(everything as double), 0) as covered_share, note
from sums
where requests > 0
