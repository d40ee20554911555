/*
title: Cohere responses
answers: Chat (v1, v2 and its stream), embed and rerank bodies as JSONL; the billed units count, not the tokens beside them.
source: Cohere API reference, v1 and v2; pydantic-ai recorded bodies
recognise:
  - {usage: {billed_units: }}
  - {meta: {billed_units: , api_version: }}
beside:
  - {type: [message-start, content-start, content-delta, content-end, message-end, tool-plan-delta, tool-call-start, tool-call-delta, tool-call-end, citation-start, citation-end]}
required: []
columns:
  id: text
  response_id: text
  generation_id: text
  model: text
  timestamp: time
  session_id: text
  processing: text
  finish_reason: text
  text: content
  message: json
  results: json
  embeddings: json
  usage: {billed_units: {input_tokens: tokens, output_tokens: tokens, search_units: tokens}}
  meta: {billed_units: {input_tokens: tokens, output_tokens: tokens, search_units: tokens}}
parsed:
  answer:
    from: message
    columns: {content: [{type: text, text: text}], tool_calls: [{function: {name: text, arguments: text}}]}
has_ids: false
*/
with
    bodies as (
        select
            *,
            coalesce(usage.billed_units, meta.billed_units) as billed,
            coalesce(id, generation_id, response_id) as own_id,
            coalesce(
                texts_joined(
                    list_transform(list_filter(answer.content, lambda c:c.type = 'text'), lambda c:c.text)
                ),
                texts_joined(
                    list_transform(answer.tool_calls, lambda c:concat(c.function.name, c.function.arguments))
                ),
                "text"
            ) as answered,
            row_number() over (
                partition by file_id, content_key, id, generation_id, response_id, usage, meta
                order by file_id
            ) as copy
        from records
        where coalesce(usage.billed_units, meta.billed_units) is not null or error('billed_units is missing')
    ),
    counted as (
        select
            *,
            coalesce(
                own_id, printf('cohere-%x-%d', hash(content_key, model, billed, answered), copy)
            ) as name,
            tokens(billed.input_tokens) as read_tokens,
            tokens(billed.output_tokens) as written_tokens,
            tokens(billed.search_units) as search_units
        from bodies
    )
select
    name as request_id,
    session_id,
    own_id as response_id,
    hash('cohere', name) as dedupe_key,
    file_id,
    coalesce(utc("timestamp"), modified_at) as started_at,
    "timestamp" is null as is_file_time,
    'cohere' as provider_name,
    model as response_model,
    case
        when results is not null then 'rerank' when embeddings is not null then 'embeddings' else 'chat'
    end as operation_name,
    -- a rerank is paid by the search, an embedding has no output
    coalesce(read_tokens, case when search_units > 0 then 0 end) as input_tokens,
    coalesce(
        written_tokens, case when results is not null or embeddings is not null then 0 end
    ) as output_tokens,
    search_units as web_search_requests,
    case
        when
            (read_tokens is not null or search_units > 0)
            and (written_tokens is not null or results is not null or embeddings is not null)
        then 'provider'
        else 'missing'
    end as usage_source,
    'inclusive' as usage_basis,
    'default' as usage_evidence,
    processing is not distinct from 'batch' as is_batch,
    'ok' as status,
    code_word(finish_reason) as finish_reason,
    output_hash_of(answered) as output_hash,
    chars(answered) as output_chars
from counted
