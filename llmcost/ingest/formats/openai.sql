/*
title: OpenAI response bodies
answers: Chat completions, Responses and embeddings as JSONL, from OpenAI and from services that speak its API.
source: OpenAI API reference; recorded bodies of OpenAI, xAI, DeepSeek, Groq, Mistral, Moonshot, Perplexity, Voyage
recognise:
  - {object: chat.completion, usage: }
  - {object: response, usage: }
  - {object: list, usage: , model: }
  - {object: text_completion, usage: }
required: [object, model]
columns:
  id: text
  object: text
  model: text
  created: time
  created_at: time
  completed_at: time
  timestamp: time
  status: text
  service_tier: text
  temperature: number
  max_output_tokens: tokens
  choices: json
  x_groq: {id: text}
  usage:
    prompt_tokens: tokens
    input_tokens: tokens
    completion_tokens: tokens
    output_tokens: tokens
    total_tokens: tokens
    cached_tokens: tokens
    cost_in_usd_ticks: number
    prompt_tokens_details: {cached_tokens: tokens, cache_write_tokens: tokens, audio_tokens: tokens}
    input_tokens_details: {cached_tokens: tokens, cache_write_tokens: tokens, audio_tokens: tokens}
    completion_tokens_details: {reasoning_tokens: tokens, audio_tokens: tokens}
    output_tokens_details: {reasoning_tokens: tokens, audio_tokens: tokens}
has_ids: false
*/
with
    bodies as (
        select
            *,
            coalesce(utc("timestamp"), utc(created), utc(created_at)) as logged_at,
            coalesce(usage.prompt_tokens_details, usage.input_tokens_details) as input_details,
            coalesce(usage.completion_tokens_details, usage.output_tokens_details) as output_details,
            tokens(usage.total_tokens) as total,
            row_number() over (partition by content_key, id, model, usage order by file_id) as copy
        from records
        where
            required(object, 'object') in ('chat.completion', 'response', 'list', 'text_completion')
            or error('object is no response body')
    ),
    counted as (
        select
            *,
            -- Voyage and Jina report a total alone: for an embedding that is the input
            tokens(
                coalesce(
                    usage.prompt_tokens,
                    usage.input_tokens,
                    case when object = 'list' then usage.total_tokens end
                )
            ) as input,
            case
                when object = 'list'
                then coalesce(tokens(coalesce(usage.completion_tokens, usage.output_tokens)), 0)
                else tokens(coalesce(usage.completion_tokens, usage.output_tokens))
            end as output,
            tokens(output_details.reasoning_tokens) as reasoning
        from bodies
    )
select
    coalesce(id, printf('openai-%x-%d', hash(content_key, model, usage), copy)) as request_id,
    id as response_id,
    hash('openai', coalesce(id, printf('%x-%d', hash(content_key, model, usage), copy))) as dedupe_key,
    file_id,
    coalesce(logged_at, modified_at) as started_at,
    logged_at is null as is_file_time,
    utc(completed_at) as ended_at,
    openai_provider(required(model, 'model'), x_groq.id, usage.cost_in_usd_ticks) as provider_name,
    model as response_model,
    case
        object when 'list' then 'embeddings' when 'text_completion' then 'text_completion' else 'chat'
    end as operation_name,
    input as input_tokens,
    tokens(coalesce(input_details.cached_tokens, usage.cached_tokens)) as cache_read_input_tokens,
    tokens(input_details.cache_write_tokens) as cache_write_input_tokens,
    tokens(input_details.audio_tokens) as input_audio_tokens,
    -- xAI's chat counts reasoning beside the completion, not in it; its total says so
    case when total = input + output + reasoning then output + reasoning else output end as output_tokens,
    reasoning as reasoning_output_tokens,
    tokens(output_details.audio_tokens) as output_audio_tokens,
    total as total_tokens_reported,
    case when input is null or output is null then 'missing' else 'provider' end as usage_source,
    'inclusive' as usage_basis,
    service_tier,
    service_tier is not distinct from 'batch' as is_batch,
    case when "status" in ('failed', 'cancelled') then 'error' else 'ok' end as status,
    coalesce(choices -> 0 ->> 'finish_reason', "status") as finish_reason,
    cast(usage.cost_in_usd_ticks as decimal(24, 0)) * 0.0000000001 as reported_cost_usd,
    tokens(max_output_tokens) as max_tokens_requested,
    temperature
from counted
