-- What gateways' logs say in the same way ------------------------------------------------------------------
-- What a path of an OpenAI-like API asks for; NULL where it is no model call.
create or replace temp macro path_operation(url) as
    case
        when regexp_matches(url, '/(chat/completions|responses|messages|converse)')
        then 'chat'
        when contains(url, ':generateContent') or contains(url, ':streamGenerateContent')
        then 'generate_content'
        when contains(url, '/embeddings')
        then 'embeddings'
        when contains(url, '/images/')
        then 'image_generation'
        when contains(url, '/audio/')
        then 'audio'
        when contains(url, '/completions')
        then 'text_completion'
    end
;

-- Who serves an address, where the address tells.
create or replace temp macro host_provider(url) as
    case
        when url like '%api.openai.com%'
        then 'openai'
        when url like '%api.anthropic.com%'
        then 'anthropic'
        when url like '%amazonaws.com%'
        then 'aws.bedrock'
        when url like '%aiplatform.googleapis.com%'
        then 'gcp.vertex_ai'
        when url like '%generativelanguage.googleapis.com%'
        then 'gcp.gemini'
        when regexp_matches(url, '\.(openai|services\.ai|cognitiveservices)\.azure\.com')
        then 'azure'
    end
;
