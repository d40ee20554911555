-- Bedrock's invocation log ---------------------------------------------------------------------------------
create or replace temp macro is_arn(model_id) as starts_with(model_id, 'arn:') ;

-- The name behind an ARN, which holds the account's number; `us.` and the like in front of it stay, they
-- have prices
-- of their own.
create or replace temp macro bedrock_model(model_id) as
    case when is_arn(model_id) then split_part(model_id, '/', -1) else model_id end
;

-- What an ARN names: foundation-model, inference-profile, application-inference-profile, provisioned-model
-- ...
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
