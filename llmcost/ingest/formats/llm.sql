/*
title: LLM's log
answers: What `llm logs --json` lists of Simon Willison's command line tool, or rows of its table `responses`; details of tokens as each plugin writes them.
source: simonw/llm docs/logging.md and llm/models.py; llm-anthropic and llm-gemini, which set the details; no record of a real run seen
recognise:
  - {id: , model: , datetime_utc: , duration_ms: }
  - {conversation_id: , model: , datetime_utc: }
  - {model: , datetime_utc: , response: , prompt: }
macros: [agents]
required: [datetime_utc]
columns:
  id: text
  model: text
  resolved_model: text
  conversation_id: text
  duration_ms: number
  datetime_utc: time
  input_tokens: tokens
  output_tokens: tokens
  token_details: json
parsed:
  details:
    from: token_details
    columns:
      prompt_tokens_details: &input {cached_tokens: tokens, audio_tokens: tokens}
      input_tokens_details: *input
      completion_tokens_details: &output {reasoning_tokens: tokens}
      output_tokens_details: *output
      cache_read_input_tokens: tokens
      cache_creation_input_tokens: tokens
      cache_creation: {ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens}
      service_tier: text
      cachedContentTokenCount: tokens
      candidatesTokenCount: tokens
      thoughtsTokenCount: tokens
has_ids: false
*/
with
    read as (
        select
            *,
            required(utc(datetime_utc), 'datetime_utc') as begun,
            nullif(resolved_model, '') as resolved,
            tokens(input_tokens) as input,
            tokens(output_tokens) as output,
            tokens(
                coalesce(
                    details.prompt_tokens_details.cached_tokens,
                    details.input_tokens_details.cached_tokens,
                    details.cache_read_input_tokens,
                    details.cachedcontenttokencount
                )
            ) as cache_read,
            tokens(details.cache_creation_input_tokens) as cache_write,
            tokens(
                coalesce(
                    details.completion_tokens_details.reasoning_tokens,
                    details.output_tokens_details.reasoning_tokens,
                    details.thoughtstokencount
                )
            ) as reasoning,
            tokens(details.candidatestokencount) as candidates,
            -- Anthropic's own names say that the cache is beside the input
            case
                when
                    details.cache_read_input_tokens is not null
                    or details.cache_creation_input_tokens is not null
                then 'exclusive'
                else 'inclusive'
            end as input_basis
        from records
    ),
    -- Newer plugins for Gemini add the thoughts to the output, older ones do not.
    counted as (
        select
            *,
            case
                when output = candidates and reasoning > 0 then 'exclusive' else 'inclusive'
            end as output_basis,
            resolve_usage(
                input,
                output,
                cache_read := cache_read,
                cache_write := cache_write,
                reasoning := reasoning,
                input_basis := input_basis,
                output_basis := output_basis
            ) as used
        from read
    )
select
    coalesce(id, printf('llm-%x', hash(begun, model, input, output))) as request_id,
    conversation_id as session_id,
    hash('llm', coalesce(id, cast(begun as varchar)), case when id is null then model end) as dedupe_key,
    file_id,
    begun as started_at,
    after_ms(begun, duration_ms) as ended_at,
    'llm' as gateway,
    prefix_provider(model) as provider_name,
    without_prefix(model) as request_model,
    without_prefix(resolved) as response_model,
    'chat' as operation_name,
    case when used.input_tokens > 0 then used.input_tokens end as input_tokens,
    cache_read as cache_read_input_tokens,
    cache_write as cache_write_input_tokens,
    tokens(details.cache_creation.ephemeral_5m_input_tokens) as cache_write_5m_input_tokens,
    tokens(details.cache_creation.ephemeral_1h_input_tokens) as cache_write_1h_input_tokens,
    case when used.input_tokens > 0 then used.output_tokens end as output_tokens,
    reasoning as reasoning_output_tokens,
    case
        when used.input_tokens > 0 and used.output_tokens is not null then 'provider' else 'missing'
    end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    code_word(details.service_tier) as service_tier,
    false as is_batch,
    'ok' as status
from counted
