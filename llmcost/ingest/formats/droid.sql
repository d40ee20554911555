/*
title: Droid sessions
answers: The settings file of a session of Factory's Droid, which counts all its calls; thinking stands beside the output, the cache beside the input.
source: ryoppippi/ccusage, which reads the same files; no record of a real run seen
recognise:
  - {tokenUsage: {inputTokens: , cacheCreationTokens: , thinkingTokens: }}
  - {tokenUsage: {inputTokens: , outputTokens: }, providerLock: }
  - {assistantActiveTimeMs: , tokenUsage: {inputTokens: }}
macros: [agents]
required: []
columns:
  model: text
  providerLock: text
  providerLockTimestamp: time
  tokenUsage: {inputTokens: tokens, outputTokens: tokens, cacheCreationTokens: tokens, cacheReadTokens: tokens, thinkingTokens: tokens}
passes_over: [no usage in the session]
has_ids: false
*/
with
    read as (
        select
            *,
            tokens(tokenusage.inputtokens) as input,
            tokens(tokenusage.outputtokens) as output,
            tokens(tokenusage.cachereadtokens) as cache_read,
            tokens(tokenusage.cachecreationtokens) as cache_write,
            tokens(tokenusage.thinkingtokens) as thinking,
            utc(providerlocktimestamp) as begun
        from records
    ),
    -- The file is written anew with each call, and has no id but its name: of one session the largest stays.
    counted as (
        select
            *,
            coalesce(begun, modified_at) as started,
            case
                when coalesce(input, 0) + coalesce(output, 0) + coalesce(cache_read, 0) = 0
                then 'no usage in the session'
            end as passed_over,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                input_basis := 'exclusive'
            ) as used
        from read
    )
select
    passed_over,
    printf('droid-%x', hash(begun, case when begun is null then file_id end)) as request_id,
    printf('droid-%x', hash(begun, case when begun is null then file_id end)) as session_id,
    hash('droid', begun, case when begun is null then file_id end) as dedupe_key,
    file_id,
    started as started_at,
    begun is null as is_file_time,
    'droid' as gateway,
    case
        lower(providerlock) when 'vertex' then 'gcp.vertex_ai' else agent_provider(providerlock)
    end as provider_name,
    -- custom:Claude-Sonnet-4.5-[Anthropic]-0
    lower(regexp_replace(regexp_replace(model, '^custom:', ''), '-?\[.*$', '')) as response_model,
    'chat' as operation_name,
    used.input_tokens as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    used.output_tokens + coalesce(thinking, 0) as output_tokens,
    thinking as reasoning_output_tokens,
    'provider' as usage_source,
    'run' as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    'ok' as status
from counted
