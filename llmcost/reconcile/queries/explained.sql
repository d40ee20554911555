/*
title: Explained
answers: Which cause wins where several reproduce a reported cost?
inputs: [candidates]
*/
select dedupe_key, cause, evidence
from
    (
        select
            dedupe_key,
            cause,
            evidence,
            row_number() over (partition by dedupe_key order by is_exact desc, place, evidence) as preference
        from candidates
    ) as ranked
where preference = 1
