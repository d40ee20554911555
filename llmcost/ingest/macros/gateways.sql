-- What gateways' logs say in the same way ------------------------------------------------------------------
-- What a path of an OpenAI-like API asks for; NULL where it is not a model call.
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

-- Who serves a call, by the name that OpenTelemetry's emitters give or by the address.
create or replace temp macro otel_provider(x, address) as
    case
        when contains(address, '.openai.azure.com') or contains(address, '.azure.com')
        then 'azure'
        when contains(address, 'openrouter.ai')
        then 'openrouter'
        -- a gateway names a route or nothing: then the host tells
        when x is null and contains(address, 'api.openai.com')
        then 'openai'
        when x is null and contains(address, 'api.anthropic.com')
        then 'anthropic'
        when x is null and contains(address, 'bedrock') and contains(address, 'amazonaws.com')
        then 'aws.bedrock'
        when x is null and contains(address, 'aiplatform.googleapis.com')
        then 'vertex_ai'
        when x is null and contains(address, 'generativelanguage.googleapis.com')
        then 'google'
        when starts_with(lower(x), 'azure') or starts_with(lower(x), 'az.')
        then 'azure'
        when starts_with(lower(x), 'aws') or contains(lower(x), 'bedrock')
        then 'aws.bedrock'
        when contains(lower(x), 'vertex')
        then 'vertex_ai'
        when starts_with(lower(x), 'gcp.') or starts_with(lower(x), 'gemini') or starts_with(lower(x), 'google')
        then 'google'
        when starts_with(lower(x), 'anthropic')
        then 'anthropic'
        when starts_with(lower(x), 'openai')
        then 'openai'
        when lower(x) in ('xai', 'x_ai') or starts_with(lower(x), 'xai.')
        then 'x-ai'
        when starts_with(lower(x), 'mistral')
        then 'mistral'
        -- frameworks and gateways serve nothing: the model's name decides
        when lower(x) in ('langchain', 'llamaindex', 'litellm', 'crewai', 'gateway', 'unknown', '')
        then null
        else lower(x)
    end
;

-- Azure API Management -------------------------------------------------------------------------------------
-- The data lines of a logged stream; what is cut off inside a line is left out.
create or replace temp macro stream_events(body) as
    list_filter(
        list_transform(
            list_filter(string_split(body, chr(10)), lambda line: starts_with(line, 'data: {')),
            lambda line: try_cast(line[7:] as json)
        ),
        lambda event: event is not null
    )
;

-- The counts of a body or a stream: its last ones, over the first ones of Anthropic's. A stream that was cut
-- before its last event has none.
create or replace temp macro stream_usage(events) as
    json_merge_patch(
        coalesce(list_filter(list_transform(events, lambda e: e -> '$.message.usage'), lambda u: u is not null)[1], '{}'),
        list_filter(
            list_transform(events, lambda e: coalesce(e -> '$.usage', e -> '$.response.usage')),
            lambda u: json_type(u) = 'OBJECT'
        )[-1]
    )
;
