/*
title: Gemini interactions
answers: Bodies of Google's Interactions API and the events of its streams; thoughts and tool prompts stand beside input and output.
source: Gemini API reference, Interactions; vercel/ai recorded bodies
recognise:
  - {object: interaction, usage: }
  - {object: interaction, status: , model: }
beside:
  - {event_type: [interaction.created, interaction.start, interaction.status_update, interaction.completed, interaction.complete]}
  - {event_type: [step.start, step.delta, step.stop, content.start, content.delta, content.stop]}
macros: [gemini]
required: [object]
columns:
  id: text
  object: text
  model: text
  agent: text
  status: text
  created: time
  updated: time
  timestamp: time
  session_id: text
  previous_interaction_id: text
  service_tier: text
  usage:
    total_tokens: tokens
    total_input_tokens: tokens
    total_cached_tokens: tokens
    total_output_tokens: tokens
    total_thought_tokens: tokens
    total_reasoning_tokens: tokens
    total_tool_use_tokens: tokens
    input_tokens_by_modality: [{modality: text, tokens: tokens}]
    cached_tokens_by_modality: [{modality: text, tokens: tokens}]
    output_tokens_by_modality: [{modality: text, tokens: tokens}]
  outputs: json
  steps: json
parsed:
  given: {from: outputs, columns: [{type: text, arguments: {queries: texts}}]}
  taken: {from: steps, columns: [{type: text, arguments: {queries: texts}}]}
passes_over:
  - an interaction that is not finished
has_ids: false
*/
with
    bodies as (
        select
            *,
            row_number() over (partition by file_id, content_key, id, model, usage order by file_id) as copy,
            tokens(usage.total_input_tokens) as sent,
            tokens(usage.total_output_tokens) as answered,
            tokens(usage.total_cached_tokens) as cache_read,
            tokens(coalesce(usage.total_thought_tokens, usage.total_reasoning_tokens)) as thoughts,
            tokens(usage.total_tool_use_tokens) as tool_use,
            tokens(usage.total_tokens) as total,
            coalesce(
                interaction_queries(taken, 'google_maps_call'), interaction_queries(given, 'google_maps_call')
            ) as map_queries,
            interaction_tokens(usage.input_tokens_by_modality, 'audio') as input_audio,
            interaction_tokens(usage.input_tokens_by_modality, 'image') as input_image,
            interaction_tokens(usage.cached_tokens_by_modality, 'audio') as cached_audio,
            interaction_tokens(usage.cached_tokens_by_modality, 'image') as cached_image,
            coalesce(utc(created), utc("timestamp")) as logged_at
        from records
        where required(object, 'object') = 'interaction' or error('object is not interaction')
    ),
    counted as (
        select
            *,
            coalesce(id, printf('interaction-%x-%d', hash(content_key, model, usage), copy)) as name,
            case
                when status = 'in_progress' or (usage is null and status is null)
                then 'an interaction that is not finished'
            end as passed_over,
            resolve_usage(
                sent,
                answered,
                cache_read := cache_read,
                reasoning := thoughts,
                total := total,
                tool_use := tool_use,
                output_basis := 'exclusive'
            ) as used
        from bodies
    )
select
    passed_over,
    name as request_id,
    id as response_id,
    session_id,
    hash('gemini_interactions', name) as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    utc(updated) as ended_at,
    'google' as provider_name,
    coalesce(model, agent) as response_model,
    'generate_content' as operation_name,
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
    interaction_tokens(usage.output_tokens_by_modality, 'audio') as output_audio_tokens,
    interaction_tokens(usage.output_tokens_by_modality, 'image') as output_image_tokens,
    total as total_tokens_reported,
    paid_searches(
        model,
        coalesce(
            interaction_queries(taken, 'google_search_call'), interaction_queries(given, 'google_search_call')
        )
    ) as web_search_requests,
    case when map_queries > 0 then 'map_search' end as billed_unit,
    paid_searches(model, map_queries) as billed_units,
    case
        when is_counted(used) and used.output_tokens is not null then 'provider' else 'missing'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    service_tier,
    false as is_batch,
    case
        when status = 'failed' then 'error' when status = 'cancelled' then 'cancelled' else 'ok'
    end as status,
    code_word(status) as finish_reason
from counted
