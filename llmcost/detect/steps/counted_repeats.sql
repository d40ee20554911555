-- Requests that may have embedded something again, by their counts of tokens alone. Of those of a run that
-- have one count as many as the run before had may be the same. The others may be batches of which a part
-- is the same; of the first run, those whose count has come before.
with
    placed as (
        select
            runs.request_no,
            chances.share,
            chances.requests,
            chances.same_requests,
            sizes.run_no,
            sizes.requests_before,
            sizes.age_us,
            row_number() over (
                partition by runs.space, runs.place, runs.input_tokens order by runs.request_no nulls last
            ) as nth
        from embedding_runs as runs
        inner join embedding_chances as chances on runs.space = chances.space and runs.cut = chances.cut
        inner join
            embedding_sizes as sizes
            on runs.space = sizes.space
            and runs.cut = sizes.cut
            and runs.place = sizes.place
            and runs.input_tokens = sizes.input_tokens
    )
select
    counted.dedupe_key,
    counted.input_tokens,
    counted.input_usd_per_token,
    counted.cost_usd,
    placed.requests as compared_requests,
    placed.same_requests,
    placed.share as share_of_same,
    placed.run_no > 1 as is_compared,
    placed.run_no > 1 and placed.nth <= placed.requests_before as is_same,
    case
        when placed.run_no > 1 and placed.nth <= placed.requests_before
        then placed.share
        else cast(0 as decimal(5, 4))
    end as share,
    coalesce(placed.age_us, 0) as age_us
from placed
inner join counted_embeddings as counted on placed.request_no = counted.request_no
where
    counted.is_bare
    and (placed.run_no > 1 or placed.nth > 1)
    and (counted.cost_usd is null or counted.cost_usd > 0)
