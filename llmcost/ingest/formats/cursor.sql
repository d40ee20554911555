/*
title: Cursor usage events
answers: The CSV of Cursor's dashboard, one row a request; its columns vary, and those of the input stand beside each other.
source: exports and their readers in public repositories (junhoyeo/tokscale and others)
recognise:
  - {Date: , Model: , Input (w/ Cache Write): , Output Tokens: }
  - {Date: , Model: , Input (w/o Cache Write): , Output Tokens: }
  - {Date: , Model: , Kind: , Max Mode: }
  - {Date: , Model: , Cache Read: , Total Tokens: }
required: [Date]
columns:
  Date: time
  User: text
  User Email: text
  Kind: text
  Model: text
  Max Mode: text
  Cloud Agent ID: text
  Input (w/ Cache Write): text
  Input (w/o Cache Write): text
  Cache Read: text
  Output Tokens: text
  Total Tokens: text
  Cost: text
  Cost to you: text
  Cost ($): text
has_ids: false
*/
with
    read as (
        select
            file_id,
            required(utc("Date"), 'Date') as started,
            coalesce("User", "User Email") as who,
            "Kind" as kind,
            "Model" as model,
            "Max Mode" as max_mode,
            "Cloud Agent ID" as agent,
            tokens(replace("Input (w/ Cache Write)", ',', '')) as written,
            tokens(replace("Input (w/o Cache Write)", ',', '')) as uncached,
            tokens(replace("Cache Read", ',', '')) as cache_read,
            tokens(replace("Output Tokens", ',', '')) as output,
            tokens(replace("Total Tokens", ',', '')) as total,
            coalesce("Cost", "Cost ($)", "Cost to you") as paid
        from records
    ),
    -- The input's columns stand beside each other, unless the total says otherwise.
    sorted_rows as (
        select
            *,
            coalesce(
                written > uncached
                and total = written + coalesce(cache_read, 0) + output
                and total <> written + uncached + coalesce(cache_read, 0) + output,
                false
            ) as is_sum,
            case when is_sum then written - uncached else written end as cache_write,
            coalesce(uncached, 0) + coalesce(cache_write, 0) + coalesce(cache_read, 0) as input,
            row_number() over (
                partition by file_id, started, who, kind, model, written, uncached, cache_read, output, paid
                order by file_id
            ) as copy
        from read
    ),
    keyed_rows as (
        select
            *,
            hash(
                'cursor', started, who, kind, model, written, uncached, cache_read, output, paid, copy
            ) as row_key
        from sorted_rows
    )
select
    printf('cursor-%x', row_key) as request_id,
    row_key as dedupe_key,
    file_id,
    started as started_at,
    'cursor' as gateway,
    model as request_model,
    -- claude-4.5-sonnet-thinking, gpt-5.1-codex-high: how long a model thinks has no price of its own
    regexp_replace(
        regexp_replace(regexp_replace(model, '-thinking$', ''), '-(low|medium|high|xhigh)$', ''),
        '^claude-([4-9](?:\.\d)?)-(opus|sonnet|haiku)',
        'claude-\2-\1'
    ) as response_model,
    'chat' as operation_name,
    case when input + output > 0 then input end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    case when input + output > 0 then output end as output_tokens,
    total as total_tokens_reported,
    case when input + output > 0 then 'provider' else 'missing' end as usage_source,
    'exclusive' as usage_basis,
    'default' as usage_evidence,
    false as is_batch,
    case
        when kind ilike '%error%' then 'error' when kind ilike '%abort%' then 'cancelled' else 'ok'
    end as status,
    who as user_id,
    list_filter(
        [kind, case when max_mode ilike 'yes' or max_mode ilike 'true' then 'max mode' end, agent],
        lambda tag:tag <> ''
    ) as tags,
    -- $0.10, 0.10 or a word such as Included; another currency is none, and 0 is what a plan pays
    nullif(
        cast(
            try_cast(
                regexp_extract(replace(trim(paid), ',', ''), '^\$?(\d*\.?\d+)$', 1) as double
            ) as decimal(18, 12)
        ),
        0
    ) as reported_cost_usd
from keyed_rows
