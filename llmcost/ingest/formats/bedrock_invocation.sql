/*
# over 200 lines: bodies of every model family that Bedrock runs
title: AWS Bedrock model invocation log
answers: Bedrock's own log in S3 or CloudWatch, one record per call with caller, region and cache tokens; streams too.
source: AWS Bedrock user guide, model invocation logging; elastic/integrations aws_bedrock fixtures
recognise:
  - {schemaType: ModelInvocationLog, modelId: , requestId: , operation: , timestamp: }
  - {modelId: , requestId: , operation: , input: {inputContentType: }, accountId: }
macros: [choices, bedrock]
required: [requestId, timestamp, modelId]
columns:
  requestId: text
  timestamp: time
  accountId: text
  identity: {arn: text}
  region: text
  operation: text
  modelId: text
  errorCode: text
  requestMetadata: map
  serviceTier: json
  performanceConfig: {latency: text}
  input:
    inputBodyJson: json
    inputTokenCount: tokens
    cacheReadInputTokenCount: tokens
    cacheWriteInputTokenCount: tokens
  output: {outputBodyJson: json, outputTokenCount: tokens}
*/
with
    bodies as (
        select
            *,
            -- of a stream the list of its chunks, the last of which may be the text "[DONE]"
            try_cast(output.outputbodyjson as json) as answer,
            try_cast(input.inputbodyjson as json) as asked
        from records
    ),
    answers as (
        select
            *,
            coalesce(answer -> '$.usage', json_extract(answer, '$[*].message.usage')[1]) as usage,
            json_extract(answer, '$[*]."amazon-bedrock-invocationMetrics"')[-1] as metrics,
            json_extract_string(answer, '$[*].delta.text') as deltas,
            coalesce(
                json_extract_string(answer, '$.stopReason'), json_extract_string(answer, '$.stop_reason')
            ) as stop,
            coalesce(
                contains(input.inputbodyjson, '"prompt"') and (asked -> '$.messages') is null, false
            ) as has_prompt
        from bodies
    ),
    counted as (
        select
            *,
            bedrock_model(required(modelid, 'modelId')) as model,
            tokens(
                coalesce(input.inputtokencount, usage ->> '$.inputTokens', usage ->> '$.input_tokens')
            ) as sent,
            tokens(
                coalesce(
                    output.outputtokencount,
                    usage ->> '$.outputTokens',
                    json_extract_string(answer, '$[*].usage.output_tokens')[-1],
                    usage ->> '$.output_tokens'
                )
            ) as answered,
            tokens(
                coalesce(
                    input.cachereadinputtokencount,
                    usage ->> '$.cacheReadInputTokens',
                    usage ->> '$.cache_read_input_tokens'
                )
            ) as cache_read,
            tokens(
                coalesce(
                    input.cachewriteinputtokencount,
                    usage ->> '$.cacheWriteInputTokens',
                    usage ->> '$.cache_creation_input_tokens'
                )
            ) as cache_write,
            coalesce(stop, json_extract_string(answer, '$[*].delta.stop_reason')[-1]) as finish_reason,
            -- a prompt that a guardrail stopped never reached the model: its zeros are counts
            coalesce(
                stop = 'guardrail_intervened'
                or contains(output.outputbodyjson, 'guardrailAction":"INTERVENED'),
                false
            ) as is_guarded
        from answers
    ),
    based as (
        select
            *,
            resolve_usage(
                sent,
                answered,
                cache_read := cache_read,
                cache_write := cache_write,
                total := tokens(usage ->> '$.totalTokens'),
                input_basis := 'exclusive'
            ) as used,
            bedrock_operation(model, has_prompt) as operation_name,
            coalesce(sent, 0) + cache_tokens(cache_read, cache_write) > 0
            or (is_guarded and sent is not null) as has_usage
        from counted
    ),
    parted as (
        select
            *,
            case
                when operation_name <> 'embeddings'
                then
                    prompt_parts(
                        asked ->> '$.system',
                        coalesce(asked ->> '$.tools', asked ->> '$.toolConfig.tools'),
                        coalesce(asked ->> '$.messages', asked ->> '$.prompt', asked ->> '$.inputText')
                    )
            end as content,
            embedding_texts(
                case
                    when operation_name = 'embeddings'
                    then coalesce(asked ->> '$.texts', asked ->> '$.inputText')
                end
            ) as items,
            coalesce(
                answer ->> '$.output.message.content',
                answer ->> '$.content',
                answer ->> '$.generation',
                answer ->> '$.results[0].outputText',
                list_aggregate(deltas, 'string_agg', '')
            ) as said
        from based
    )
select
    required(requestid, 'requestId') as request_id,
    coalesce(answer ->> '$.id', json_extract_string(answer, '$[*].message.id')[1]) as response_id,
    hash('bedrock', requestid) as dedupe_key,
    file_id,
    required(utc("timestamp"), 'timestamp') as started_at,
    after_ms(utc("timestamp"), metrics ->> '$.firstByteLatency') as first_token_at,
    after_ms(
        utc("timestamp"), coalesce(answer ->> '$.metrics.latencyMs', metrics ->> '$.invocationLatency')
    ) as ended_at,
    'aws.bedrock' as provider_name,
    model as request_model,
    -- an application's profile is a name of the customer's own; provisioned throughput is paid by the hour
    case
        when bedrock_resource(modelid) = 'application-inference-profile'
        then coalesce(answer ->> '$.model', json_extract_string(answer, '$[*].message.model')[1])
    end as response_model,
    case when is_arn(modelid) then modelid end as deployment_id,
    region,
    case when not has_geography(model) then region end as inference_geo,
    operation_name,
    case when has_usage then used.input_tokens end as input_tokens,
    case when has_usage then cache_read end as cache_read_input_tokens,
    case when has_usage then cache_write end as cache_write_input_tokens,
    tokens(usage ->> '$.cache_creation.ephemeral_5m_input_tokens') as cache_write_5m_input_tokens,
    tokens(usage ->> '$.cache_creation.ephemeral_1h_input_tokens') as cache_write_1h_input_tokens,
    case
        when has_usage then coalesce(used.output_tokens, case when operation_name = 'embeddings' then 0 end)
    end as output_tokens,
    tokens(usage ->> '$.totalTokens') as total_tokens_reported,
    nova_searches(
        json_extract_string(answer, '$.output.message.content[*].toolUse.name')
    ) as web_search_requests,
    case when has_usage then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    coalesce(
        answer ->> '$.serviceTier.type', servicetier ->> '$.type', asked ->> '$.serviceTier.type'
    ) as service_tier,
    coalesce(performanceconfig.latency, answer ->> '$.performanceConfig.latency') as speed,
    false as is_batch,
    case when errorcode is null then 'ok' else 'error' end as status,
    bedrock_http_status(errorcode) as http_status_code,
    label(errorcode) as error_type,
    label(finish_reason) as finish_reason,
    coalesce(contains(operation, 'Stream'), false) as is_stream,
    identity.arn as api_key_id,
    -- the role without its session, which is another one for each login
    nullif(
        array_to_string(string_split(split_part(identity.arn, ':', 6), '/')[:2], '/'), ''
    ) as api_key_alias,
    accountid as organization_id,
    requestmetadata[case_key()] as case_id,
    requestmetadata['test_run'] as case_run,
    list_transform(map_entries(requestmetadata), lambda e:concat(e.key, ':', e.value)) as tags,
    try_cast(
        coalesce(asked ->> '$.inferenceConfig.maxTokens', asked ->> '$.max_tokens') as bigint
    ) as max_tokens_requested,
    try_cast(
        coalesce(asked ->> '$.inferenceConfig.temperature', asked ->> '$.temperature') as double
    ) as temperature,
    body_choices(asked) as response_choices,
    prompt_hash_of(content) as prompt_hash,
    system_prompt_hash_of(content) as system_prompt_hash,
    system_prompt_chars_of(content) as system_prompt_chars,
    input_chars_of(content) as input_chars,
    prefix_hashes_of(content) as prefix_hashes,
    prefix_chars_of(content) as prefix_chars,
    output_hash_of(said) as output_hash,
    chars(said) as output_chars,
    hashed(items) as embedding_item_hashes,
    sized(items) as embedding_item_chars,
    try_cast(asked ->> '$.dimensions' as integer) as embedding_dimensions
from parted
