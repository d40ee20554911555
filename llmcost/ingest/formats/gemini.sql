/*
title: Gemini and Vertex AI responses
answers: generateContent bodies and stream chunks as JSONL or arrays, embeddings of Gemini and Vertex AI; thoughts stand beside the candidates, tool prompts beside the prompt.
source: Gemini API and Vertex AI reference, GenerateContentResponse; vercel/ai and pydantic-ai recorded bodies
recognise:
  - {usageMetadata: , candidates: }
  - {candidates: , modelVersion: }
  - {usageMetadata: , responseId: }
  - {usageMetadata: , serverContent: }
  - {usageMetadata: , promptFeedback: }
  - {usageMetadata: , embeddings: }
  - {usageMetadata: , embedding: }
  - {predictions: {embeddings: {statistics: }}}
  - {error: {code: , message: , status: }}
beside:
  - {setupComplete: }
  - {serverContent: }
  - {sessionResumptionUpdate: }
macros: [gemini]
required: []
columns:
  responseId: text
  modelVersion: text
  createTime: time
  timestamp: time
  session_id: text
  processing: text
  usageMetadata:
    promptTokenCount: tokens
    cachedContentTokenCount: tokens
    candidatesTokenCount: tokens
    responseTokenCount: tokens
    thoughtsTokenCount: tokens
    toolUsePromptTokenCount: tokens
    totalTokenCount: tokens
    trafficType: text
    serviceTier: text
    promptTokensDetails: [{modality: text, tokenCount: tokens}]
    cacheTokensDetails: [{modality: text, tokenCount: tokens}]
    candidatesTokensDetails: [{modality: text, tokenCount: tokens}]
    responseTokensDetails: [{modality: text, tokenCount: tokens}]
  model: text
  predictions: [{embeddings: {statistics: {token_count: tokens}}}]
  embeddings: json
  embedding: json
  candidates: json
  promptFeedback: json
  error: json
parsed:
  answer:
    from: candidates
    columns: [{finishReason: text, content: {parts: [{text: text, thought: flag, functionCall: text}]}, groundingMetadata: {webSearchQueries: texts, groundingChunks: [{web: json, maps: json}], googleMapsWidgetContextToken: text}}]
  feedback: {from: promptFeedback, columns: {blockReason: text}}
  failure: {from: error, columns: {code: text, status: text}}
passes_over:
  - a stream chunk before the last
  - a stream chunk without usage
has_ids: false
*/
with
    bodies as (
        select
            *,
            usagemetadata as usage,
            usagemetadata is null and failure is not null as has_failed,
            count(usagemetadata) over (partition by file_id, content_key, responseid) as reports,
            answer[1].finishreason as finish_reason,
            case
                when gemini_asks_the_web(answer[1].groundingmetadata)
                then len(answer[1].groundingmetadata.websearchqueries)
            end as web_queries,
            gemini_maps(modelversion, answer[1].groundingmetadata) as map_queries,
            row_number() over (
                partition by file_id, content_key, responseid, modelversion, usagemetadata, failure
                order by file_id
            ) as copy,
            responseid is not null
            and count(*) over (partition by file_id, content_key, responseid) > 1 as is_chunk
        from records
        where
            usagemetadata is not null
            or failure is not null
            or modelversion is not null
            or predictions is not null
            or error('usageMetadata is missing')
    ),
    counted as (
        select
            *,
            coalesce(
                responseid, printf('gemini-%x-%d', hash(content_key, modelversion, usage, failure), copy)
            ) as name,
            -- a chunk is known by the response that it names; without a name only the last can be known
            case
                when responseid is null and answer is not null and finish_reason is null
                then 'a stream chunk before the last'
                when usage is null and failure is null and responseid is not null and reports > 0
                then 'a stream chunk without usage'
            end as passed_over,
            -- any chunk of a stream may say what grounded the answer
            case when responseid is null then web_queries else max(web_queries) over chunks end as asked_web,
            case when responseid is null then map_queries else max(map_queries) over chunks end as asked_maps,
            tokens(usage.cachedcontenttokencount) as cache_read,
            tokens(usage.thoughtstokencount) as thoughts,
            coalesce(
                tokens(usage.prompttokencount),
                total_of(list_transform(predictions, lambda p:tokens(p.embeddings.statistics.token_count)))
            ) as prompt_tokens,
            -- a count of zero is left out of the JSON
            coalesce(
                tokens(usage.candidatestokencount),
                tokens(usage.responsetokencount),
                case when usage.prompttokencount is not null or predictions is not null then 0 end
            ) as answer_tokens,
            tokens(usage.totaltokencount) as total,
            tokens(usage.tooluseprompttokencount) as tool_use,
            gemini_modality(usage.prompttokensdetails, 'AUDIO') as input_audio,
            gemini_modality(usage.prompttokensdetails, 'IMAGE') as input_image,
            gemini_modality(usage.cachetokensdetails, 'AUDIO') as cached_audio,
            gemini_modality(usage.cachetokensdetails, 'IMAGE') as cached_image,
            gemini_answer(answer[1].content.parts) as answered
        from bodies
        window chunks as (partition by file_id, content_key, responseid)
    ),
    based as (
        select
            *,
            resolve_usage(
                prompt_tokens,
                answer_tokens,
                cache_read := cache_read,
                reasoning := thoughts,
                total := total,
                tool_use := tool_use,
                output_basis := 'exclusive'
            ) as used
        from counted
    )
select
    passed_over,
    name as request_id,
    responseid as response_id,
    session_id,
    hash('gemini', name) as dedupe_key,
    file_id,
    coalesce(utc(createtime), utc("timestamp"), modified_at) as started_at,
    coalesce(createtime, "timestamp") is null as is_file_time,
    -- only Vertex says when, and out of which quota
    case
        when createtime is not null or usage.traffictype is not null or predictions is not null
        then 'gcp.vertex_ai'
        else 'google'
    end as provider_name,
    coalesce(modelversion, model) as response_model,
    case
        when coalesce(embeddings, embedding) is not null or predictions is not null
        then 'embeddings'
        else 'generate_content'
    end as operation_name,
    case when is_counted(used) then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    input_audio as input_audio_tokens,
    image_part(
        input_image, cached_image, input_audio, cached_audio, used.input_tokens, cache_read, null
    ) as input_image_tokens,
    cached_part(cached_audio, input_audio, cache_read) as cache_read_audio_tokens,
    cached_part(cached_image, input_image, cache_read) as cache_read_image_tokens,
    case when is_counted(used) then used.output_tokens end as output_tokens,
    thoughts as reasoning_output_tokens,
    coalesce(
        gemini_modality(usage.candidatestokensdetails, 'AUDIO'),
        gemini_modality(usage.responsetokensdetails, 'AUDIO')
    ) as output_audio_tokens,
    gemini_modality(usage.candidatestokensdetails, 'IMAGE') as output_image_tokens,
    tokens(usage.totaltokencount) as total_tokens_reported,
    paid_searches(modelversion, asked_web) as web_search_requests,
    case when asked_maps > 0 then 'map_search' end as billed_unit,
    asked_maps as billed_units,
    case
        when is_counted(used) and used.output_tokens is not null then 'provider' else 'missing'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    coalesce(usage.servicetier, replace(lower(usage.traffictype), 'on_demand_', '')) as service_tier,
    processing is not distinct from 'batch' as is_batch,
    case when has_failed then 'error' else 'ok' end as status,
    try_cast(failure.code as smallint) as http_status_code,
    code_word(failure.status) as error_type,
    code_word(coalesce(finish_reason, feedback.blockreason)) as finish_reason,
    case when is_chunk then true end as is_stream,
    -- a chunk has but its own piece of the answer
    case when not is_chunk then output_hash_of(answered) end as output_hash,
    case when not is_chunk then chars(answered) end as output_chars
from based
