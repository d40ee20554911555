-- Helicone, Cloudflare, Bifrost, TensorZero ---------------------------------------------------------------
create or replace temp macro helicone_tokens(x) as tokens(nullif(nullif(x, '-1'), ''))
;

-- Their names of providers, where they are not those of others.
create or replace temp macro hosted_provider(x) as
    case lower(x)
        when 'custom' then null
        when 'aws' then 'aws.bedrock'
        when 'bedrock' then 'aws.bedrock'
        when 'aws-bedrock' then 'aws.bedrock'
        when 'aws_bedrock' then 'aws.bedrock'
        when 'azure-openai' then 'azure'
        when 'gcp_vertex_anthropic' then 'gcp.vertex_ai'
        when 'gcp_vertex_gemini' then 'gcp.vertex_ai'
        when 'gemini' then 'gcp.gemini'
        when 'google' then 'gcp.gemini'
        when 'google-ai-studio' then 'gcp.gemini'
        when 'google_ai_studio_gemini' then 'gcp.gemini'
        when 'google-vertex-ai' then 'gcp.vertex_ai'
        when 'grok' then 'x-ai'
        when 'vertex' then 'gcp.vertex_ai'
        when 'xai' then 'x-ai'
        else lower(nullif(x, ''))
    end
;

create or replace temp macro bifrost_operation(object) as
    case
        when contains(object, 'embedding')
        then 'embeddings'
        when contains(object, 'text') and contains(object, 'completion')
        then 'text_completion'
        when contains(object, 'image')
        then 'image_generation'
        when contains(object, 'speech') or contains(object, 'transcription')
        then 'audio'
        when contains(object, 'rerank')
        then 'rerank'
        else 'chat'
    end
;

-- The milliseconds in a UUIDv7; NULL in any other id.
create or replace temp macro uuid7_time(id) as
    case
        when regexp_full_match(id, '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}')
        then make_timestamp(cast(concat('0x', substr(id, 1, 8), substr(id, 10, 4)) as bigint) * 1000)
    end
;
