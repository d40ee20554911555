-- Bedrock: its invocation log, and the bodies of its Converse API
create or replace temp macro is_arn(model_id) as starts_with(model_id, 'arn:') ;

-- The name behind an ARN, which holds the account's number. `us.` and the like before it stay: they have
-- their own prices.
create or replace temp macro bedrock_model(model_id) as
    case when is_arn(model_id) then split_part(model_id, '/', -1) else model_id end
;

-- An inference profile runs in any region of its geography, at the geography's price.
create or replace temp macro has_geography(model) as regexp_matches(model, '^(us|us-gov|eu|apac|jp|au|ca|sa|in|global)\.')
;

-- What an ARN names: foundation-model, inference-profile, provisioned-model and others.
create or replace temp macro bedrock_resource(model_id) as
    case when is_arn(model_id) then split_part(split_part(model_id, '/', 1), ':', 6) end
;

create or replace temp macro bedrock_operation(model, has_prompt) as
    case
        when contains(model, 'embed')
        then 'embeddings'
        when contains(model, 'rerank')
        then 'rerank'
        when contains(model, 'stability.') or contains(model, 'titan-image') or contains(model, 'nova-canvas')
        then 'image_generation'
        when contains(model, 'nova-reel') or contains(model, 'luma.')
        then 'video_generation'
        when has_prompt
        then 'text_completion'
        else 'chat'
    end
;

-- The log has no HTTP status, but AWS gives each error one.
create or replace temp macro bedrock_http_status(error_code) as
    case
        when error_code is null
        then 200
        when error_code in ('ThrottlingException', 'ModelNotReadyException')
        then 429
        when error_code in ('ValidationException', 'ServiceQuotaExceededException')
        then 400
        when error_code = 'AccessDeniedException'
        then 403
        when error_code = 'ResourceNotFoundException'
        then 404
        when error_code = 'ModelTimeoutException'
        then 408
        when error_code in ('ModelErrorException', 'ModelStreamErrorException')
        then 424
        when error_code = 'InternalServerException'
        then 500
        when error_code = 'ServiceUnavailableException'
        then 503
    end
;

-- Of the cache writes those that are kept so long.
create or replace temp macro converse_writes(details, kept) as
    total_of(list_transform(list_filter(details, lambda d: d.ttl = kept), lambda d: tokens(d.inputtokens)))
;

create or replace temp macro converse_answer(blocks) as
    texts_joined(list_transform(blocks, lambda b: coalesce(b.text, concat(b.tooluse.name, b.tooluse.input))))
;

-- The web searches of Nova's own tool, which are paid each.
create or replace temp macro nova_searches(tools) as
    nullif(len(list_filter(tools, lambda tool: tool = 'nova_grounding')), 0)
;
