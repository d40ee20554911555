/*
# over 200 lines: two bodies, of chats and of embeddings, stand in one record
title: Azure API Management diagnostic records
answers: Diagnostic records of an APIM gateway in storage or an event hub, GatewayLogs with bodies and GatewayLlmLogs with counts.
source: elastic/integrations azure_openai fixtures; Microsoft Learn, API Management monitoring reference
recognise:
  - {category: [GatewayLogs, GatewayLlmLogs], properties: , correlationId: }
  - {category: [GatewayLogs, GatewayLlmLogs], properties: , time: , resourceId: }
macros: [choices, answers, azure, gateways, openai]
required: [category, properties, time, correlationId]
columns:
  category: text
  time: time
  correlationId: text
  durationMs: number
  location: text
  truncated: tokens
  properties: json
parsed:
  call:
    from: properties
    columns:
      url: text
      backendUrl: text
      apiId: text
      productId: text
      userId: text
      apimSubscriptionId: text
      responseCode: text
      backendResponseCode: text
      cache: text
      requestBody: text
      backendRequestBody: text
      responseBody: text
      backendResponseBody: text
      lastError: {reason: text}
passes_over: [no model call, messages of a call already counted]
*/
with
    bodies as (
        select
            *,
            coalesce(call.backendresponsebody, call.responsebody) as body,
            try_cast(coalesce(call.backendrequestbody, call.requestbody) as json) as asked,
            coalesce(call.backendurl, call.url) as target
        from records
    ),
    answers as (
        select
            *,
            try_cast(body as json) as whole,
            stream_events(body) as events,
            coalesce(path_operation(target), path_operation(call.url)) as operation
        from bodies
    ),
    counted as (
        select
            *,
            coalesce(whole -> '$.usage', stream_usage(events)) as usage,
            coalesce(whole, events[-1]) as last,
            coalesce(whole, events[-1] -> '$.response') as ended,
            answer_items(coalesce(whole, events[-1] -> '$.response')) as called,
            regexp_extract(target, '/deployments/([^/?]+)', 1) as deployment
        from answers
    ),
    calls as (
        select
            *,
            tokens(coalesce(usage ->> '$.prompt_tokens', usage ->> '$.input_tokens')) as sent,
            tokens(
                coalesce(
                    usage ->> '$.completion_tokens',
                    usage ->> '$.output_tokens',
                    case when operation = 'embeddings' then '0' end
                )
            ) as answered,
            coalesce(usage -> '$.prompt_tokens_details', usage -> '$.input_tokens_details') as input_details,
            coalesce(
                usage -> '$.completion_tokens_details', usage -> '$.output_tokens_details'
            ) as output_details,
            try_cast(coalesce(nullif(call.backendresponsecode, '0'), call.responsecode) as smallint) as code,
            category = 'GatewayLlmLogs' as is_llm_log,
            answer_tools(ended, usage, called, ended ->> '$.model') as tools,
            tokens(property(properties, 'promptTokens')) as llm_input,
            tokens(property(properties, 'completionTokens')) as llm_output
        from counted
    ),
    based as (
        select
            *,
            tokens(
                coalesce(input_details ->> '$.cached_tokens', usage ->> '$.cache_read_input_tokens')
            ) as cache_read,
            tokens(usage ->> '$.cache_creation_input_tokens') as cache_write,
            tokens(output_details ->> '$.reasoning_tokens') as reasoning,
            tokens(input_details ->> '$.audio_tokens') as input_audio,
            tokens(input_details ->> '$.image_tokens') as input_image,
            tokens(input_details ->> '$.cached_tokens_details.audio_tokens') as cached_audio,
            tokens(input_details ->> '$.cached_tokens_details.image_tokens') as cached_image,
            tokens(coalesce(usage ->> '$.total_tokens', property(properties, 'totalTokens'))) as total,
            -- Anthropic's names are Anthropic's counting
            case
                when usage ->> '$.cache_read_input_tokens' is null then 'inclusive' else 'exclusive'
            end as habit,
            prompt_parts(
                coalesce(asked ->> '$.system', asked ->> '$.instructions'),
                asked ->> '$.tools',
                coalesce(
                    asked ->> '$.messages',
                    asked ->> '$.prompt',
                    case when operation <> 'embeddings' then asked ->> '$.input' end
                )
            ) as content,
            embedding_texts(case when operation = 'embeddings' then asked ->> '$.input' end) as items,
            coalesce(
                whole ->> '$.choices[0].message.content',
                whole ->> '$.output',
                whole ->> '$.content',
                list_aggregate(
                    list_transform(events, lambda e:e ->> '$.choices[0].delta.content'), 'string_agg', ''
                )
            ) as said
        from calls
    ),
    resolved as (
        select
            *,
            resolve_usage(
                sent,
                answered,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                total := total,
                input_basis := habit
            ) as used,
            coalesce(
                case when is_llm_log then llm_input else sent + cache_tokens(cache_read, cache_write) end > 0,
                false
            ) as has_usage
        from based
    )
select
    required(correlationid, 'correlationId') as request_id,
    coalesce(
        whole ->> '$.id', last ->> '$.id', last ->> '$.response.id', property(properties, 'requestId')
    ) as response_id,
    -- of a call's GatewayLogs and GatewayLlmLogs the one with counts stays, and the first if both have them
    case when not is_llm_log then correlationid end as trace_id,
    hash('azure_apim', correlationid) as dedupe_key,
    file_id,
    required(utc("time"), 'time') as started_at,
    after_ms(utc("time"), case when durationms >= 0 then durationms end) as ended_at,
    'azure_apim' as gateway,
    case when is_llm_log then 'azure' else coalesce(host_provider(target), 'azure') end as provider_name,
    coalesce(
        asked ->> '$.model', nullif(deployment, ''), nullif(property(properties, 'deploymentName'), '')
    ) as request_model,
    coalesce(
        whole ->> '$.model',
        last ->> '$.model',
        last ->> '$.response.model',
        nullif(property(properties, 'modelName'), '')
    ) as response_model,
    coalesce(nullif(deployment, ''), nullif(property(properties, 'deploymentName'), '')) as deployment_id,
    coalesce(location, property(properties, 'region')) as region,
    case when is_llm_log then 'chat' else coalesce(operation, 'chat') end as operation_name,
    case when has_usage then coalesce(used.input_tokens, llm_input) end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    input_audio as input_audio_tokens,
    image_part(
        input_image, cached_image, input_audio, cached_audio, used.input_tokens, cache_read, cache_write
    ) as input_image_tokens,
    cached_part(cached_audio, input_audio, cache_read) as cache_read_audio_tokens,
    cached_part(cached_image, input_image, cache_read) as cache_read_image_tokens,
    case when has_usage then coalesce(used.output_tokens, llm_output) end as output_tokens,
    reasoning as reasoning_output_tokens,
    tokens(output_details ->> '$.audio_tokens') as output_audio_tokens,
    tokens(output_details ->> '$.image_tokens') as output_image_tokens,
    total as total_tokens_reported,
    tools.searches as web_search_requests,
    tools.file_searches as file_search_requests,
    tools.x_searches as x_search_requests,
    tools.containers as code_interpreter_requests,
    case when has_usage and not tools.has_drawn then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    coalesce(whole ->> '$.service_tier', last ->> '$.service_tier') as service_tier,
    false as is_batch,
    case
        when call.responsecode in ('0', '499') or call.lasterror.reason = 'ClientConnectionFailure'
        then 'cancelled'
        when code >= 400
        then 'error'
        else 'ok'
    end as status,
    code as http_status_code,
    label(
        coalesce(
            whole ->> '$.error.code',
            whole ->> '$.error.type',
            case when code >= 400 then call.lasterror.reason end
        )
    ) as error_type,
    label(
        coalesce(
            whole ->> '$.choices[0].finish_reason',
            whole ->> '$.stop_reason',
            list_filter(
                list_transform(
                    events, lambda e:coalesce(e ->> '$.choices[0].finish_reason', e ->> '$.delta.stop_reason')
                ),
                lambda f:f is not null
            )[-1]
        )
    ) as finish_reason,
    coalesce(
        flag(property(properties, 'isStreamCompletion')),
        try_cast(asked ->> '$.stream' as boolean),
        len(events) > 0
    ) as is_stream,
    nullif(call.apimsubscriptionid, '') as api_key_id,
    nullif(call.productid, '') as team_id,
    nullif(call.apiid, '') as project_id,
    nullif(call.userid, '') as user_id,
    call.cache = 'hit' as gateway_cache_hit,
    try_cast(
        coalesce(asked ->> '$.max_completion_tokens', asked ->> '$.max_tokens') as bigint
    ) as max_tokens_requested,
    try_cast(asked ->> '$.temperature' as double) as temperature,
    body_choices(asked) as response_choices,
    prompt_hash_of(content) as prompt_hash,
    system_prompt_hash_of(content) as system_prompt_hash,
    system_prompt_chars_of(content) as system_prompt_chars,
    input_chars_of(content) as input_chars,
    prefix_hashes_of(content) as prefix_hashes,
    prefix_chars_of(content) as prefix_chars,
    output_hash_of(said) as output_hash,
    chars(nullif(said, '')) as output_chars,
    hashed(items) as embedding_item_hashes,
    sized(items) as embedding_item_chars,
    try_cast(asked ->> '$.dimensions' as integer) as embedding_dimensions,
    case
        when is_llm_log
        then
            case
                when
                    is_llm_message(
                        property(properties, 'sequenceNumber'), property(properties, 'deploymentName')
                    )
                then 'messages of a call already counted'
            end
        when operation is null and usage is null
        then 'no model call'
    end as passed_over
from resolved
