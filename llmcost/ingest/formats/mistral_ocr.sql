/*
title: Mistral OCR responses
answers: Bodies of document readings, which are paid by the page.
source: Mistral API reference, OCRResponse; by documentation, no record of a real run seen
recognise:
  - {pages: , usage_info: {pages_processed: }, model: }
required: [model]
columns:
  id: text
  model: text
  created: time
  timestamp: time
  document_annotation: text
  usage_info: {pages_processed: tokens, pages_processed_annotation: tokens}
has_ids: false
*/
with
    read as (
        select
            *,
            tokens(usage_info.pages_processed) as pages,
            -- annotations cost more by the page; which of them were made is not said
            document_annotation is not null
            or tokens(usage_info.pages_processed_annotation) > 0 as is_annotated,
            row_number() over (
                partition by file_id, content_key, id, model, usage_info order by file_id
            ) as copy
        from records
    ),
    named as (
        select
            *, coalesce(id, printf('mistral-ocr-%x-%d', hash(content_key, model, usage_info), copy)) as name
        from read
    )
select
    name as request_id,
    id as response_id,
    hash('mistral_ocr', name) as dedupe_key,
    file_id,
    coalesce(utc("timestamp"), utc(created), modified_at) as started_at,
    coalesce("timestamp", created) is null as is_file_time,
    'mistralai' as provider_name,
    required(model, 'model') as response_model,
    'ocr' as operation_name,
    0 as input_tokens,
    0 as output_tokens,
    'page' as billed_unit,
    pages as billed_units,
    case when is_annotated or pages is null then 'missing' else 'provider' end as usage_source,
    'inclusive' as usage_basis,
    false as is_batch,
    'ok' as status
from named
