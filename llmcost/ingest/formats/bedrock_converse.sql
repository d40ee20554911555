/*
title: Bedrock Converse responses
answers: What Converse and ConverseStream return, as an SDK prints it; the body names no model, so log `modelId` beside it, or it has no price.
source: AWS Bedrock API reference, Converse; vercel/ai and pydantic-ai recorded bodies
recognise:
  - {output: {message: }, usage: {inputTokens: }, stopReason: }
  - {output: {message: }, usage: {inputTokens: , outputTokens: }}
  - {stopReason: , usage: {inputTokens: , outputTokens: }}
  - {usage: {inputTokens: , outputTokens: }, metrics: {latencyMs: }}
beside:
  - {messageStart: }
  - {contentBlockStart: }
  - {contentBlockDelta: }
  - {contentBlockStop: }
  - {messageStop: }
macros: [bedrock]
required: [usage]
columns:
  modelId: text
  timestamp: time
  session_id: text
  processing: text
  stopReason: text
  usage:
    inputTokens: tokens
    outputTokens: tokens
    totalTokens: tokens
    cacheReadInputTokens: tokens
    cacheReadInputTokenCount: tokens
    cacheWriteInputTokens: tokens
    cacheWriteInputTokenCount: tokens
    cacheDetails: [{ttl: text, inputTokens: tokens}]
  metrics: {latencyMs: number}
  serviceTier: {type: text}
  performanceConfig: {latency: text}
  trace: {promptRouter: {invokedModelId: text}}
  ResponseMetadata: {RequestId: text, HTTPStatusCode: tokens, RetryAttempts: tokens, HTTPHeaders: {date: text}}
  $metadata: {requestId: text, httpStatusCode: tokens, attempts: tokens}
  output: json
parsed:
  answer: {from: output, columns: {message: {content: [{text: text, toolUse: {name: text, input: text}}]}}}
has_ids: false
*/
with
    bodies as (
        select
            *,
            -- what boto3 and the JavaScript SDK put beside the body
            coalesce(responsemetadata.requestid, "$metadata".requestid) as own_id,
            row_number() over (
                partition by
                    file_id, content_key, responsemetadata.requestid, "$metadata".requestid, usage, stopreason
                order by file_id
            ) as copy,
            tokens(usage.inputtokens) as sent,
            tokens(usage.outputtokens) as answered_tokens,
            tokens(usage.totaltokens) as total,
            tokens(coalesce(usage.cachereadinputtokens, usage.cachereadinputtokencount)) as cache_read,
            tokens(coalesce(usage.cachewriteinputtokens, usage.cachewriteinputtokencount)) as cache_write,
            try_strptime(responsemetadata.httpheaders.date, '%a, %d %b %Y %H:%M:%S GMT') as answered_at
        from records
        where required(usage, 'usage') is not null
    ),
    counted as (
        select
            *,
            coalesce(own_id, printf('converse-%x-%d', hash(content_key, usage, stopreason), copy)) as name,
            coalesce(utc("timestamp"), after_ms(answered_at, - coalesce(metrics.latencyms, 0))) as logged_at,
            converse_answer(answer.message.content) as answered,
            resolve_usage(
                sent,
                answered_tokens,
                cache_read := cache_read,
                cache_write := cache_write,
                total := total,
                input_basis := 'exclusive'
            ) as used
        from bodies
    )
select
    name as request_id,
    session_id,
    hash('bedrock_converse', name) as dedupe_key,
    coalesce(tokens(responsemetadata.retryattempts), tokens("$metadata".attempts) - 1) as retry_count,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    after_ms(logged_at, metrics.latencyms) as ended_at,
    'aws.bedrock' as provider_name,
    modelid as request_model,
    split_part(trace.promptrouter.invokedmodelid, '/', -1) as response_model,
    'chat' as operation_name,
    case when is_counted(used) then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    converse_writes(usage.cachedetails, '5m') as cache_write_5m_input_tokens,
    converse_writes(usage.cachedetails, '1h') as cache_write_1h_input_tokens,
    case when is_counted(used) then used.output_tokens end as output_tokens,
    tokens(usage.totaltokens) as total_tokens_reported,
    nova_searches(list_transform(answer.message.content, lambda c:c.tooluse.name)) as web_search_requests,
    case
        when is_counted(used) and used.output_tokens is not null then 'provider' else 'missing'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    servicetier.type as service_tier,
    performanceconfig.latency as speed,
    processing is not distinct from 'batch' as is_batch,
    'ok' as status,
    try_cast(
        coalesce(responsemetadata.httpstatuscode, "$metadata".httpstatuscode) as smallint
    ) as http_status_code,
    code_word(stopreason) as finish_reason,
    false as is_stream,
    output_hash_of(answered) as output_hash,
    chars(answered) as output_chars
from counted
