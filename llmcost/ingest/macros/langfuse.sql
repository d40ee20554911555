-- Langfuse -----------------------------------------------------------------------------------------------
-- Every count has a key of the emitter's choice. Those with "input" or "output" in them stand beside each
-- other; older ones (prompt_details.cache_read, completion_details.reasoning) are parts of those.
create or replace temp macro langfuse_bucket(key) as
    case
        when key in ('prompt_details.cache_read', 'completion_details.reasoning', 'total')
        then key
        -- counts of a tool's calls are no tokens
        when contains(key, 'web_search')
        then null
        when contains(key, 'cache') and not contains(key, 'output')
        then case when contains(key, 'creat') or contains(key, 'write') then 'cache_write' else 'cache_read' end
        when contains(key, 'input')
        then 'input'
        when contains(key, 'output')
        then case when contains(key, 'reasoning') or contains(key, 'thought') then 'reasoning' else 'output' end
    end
;

create or replace temp macro langfuse_sum(usage, bucket) as
    list_sum(
        list_transform(
            list_filter(map_entries(usage), lambda entry: langfuse_bucket(entry.key) = bucket),
            lambda entry: tokens(entry.value)
        )
    )::bigint
;

create or replace temp macro langfuse_sum_of(usage, part) as
    list_sum(
        list_transform(
            list_filter(map_entries(usage), lambda entry: contains(entry.key, part)),
            lambda entry: tokens(entry.value)
        )
    )::bigint
;

-- Langfuse does not know the provider, but some SDKs do. Any other name is not one that prices go by.
create or replace temp macro langfuse_provider(name, model) as
    case
        when lower(name) in ('openai', 'anthropic', 'azure', 'groq', 'deepseek', 'aws.bedrock', 'gcp.vertex_ai')
        then lower(name)
        when lower(name) in ('azure.ai.openai', 'az.ai.openai', 'azure_openai')
        then 'azure'
        when lower(name) in ('amazon_bedrock', 'bedrock')
        then 'aws.bedrock'
        when lower(name) in ('vertex_ai', 'google_vertexai') or model like 'projects/%/publishers/%'
        then 'gcp.vertex_ai'
    end
;

-- A text's JSON object, or NULL: what an SDK wrote may be anything.
create or replace temp macro json_object_in(x) as case when starts_with(ltrim(x), '{') then try(cast(x as json)) end
;

-- A text that stands in JSON as a text once more ("\"LLM\""); any other text is itself.
create or replace temp macro json_text_in(x) as
    case when starts_with(x, '"') then coalesce(try(json_extract_string(x, '$')), x) else x end
;

-- A text's JSON list, or NULL.
create or replace temp macro json_list_in(x) as case when starts_with(ltrim(x), '[') then try(cast(x as json)) end
;
