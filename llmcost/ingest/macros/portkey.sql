-- Portkey --------------------------------------------------------------------------------------------------
create or replace temp macro portkey_provider(ai_org) as
    case lower(ai_org)
        when 'azure-openai' then 'azure'
        when 'azure-ai' then 'azure'
        when 'vertex-ai' then 'gcp.vertex_ai'
        when 'google' then 'gcp.gemini'
        when 'bedrock' then 'aws.bedrock'
        else nullif(ai_org, '')
    end
;

-- Metadata as an object, or as two lists, of its keys and its values.
create or replace temp macro portkey_metadata(metadata) as
    case
        when json_type(metadata, '$.key') = 'ARRAY'
        then map(json_extract_string(metadata, '$.key[*]'), json_extract_string(metadata, '$.value[*]'))
        when json_type(metadata) = 'OBJECT'
        then cast(cast(metadata as json) as map(varchar, varchar))
    end
;

-- A body as it is, or inside the record of a call.
create or replace temp macro portkey_body(x) as
    case
        when json_type(try_cast(x as json), '$.body') in ('OBJECT', 'VARCHAR')
        then try_cast(try_cast(x as json) ->> '$.body' as json)
        else try_cast(x as json)
    end
;

-- HIT, SEMANTIC HIT, MISS, DISABLED ...
create or replace temp macro portkey_is_hit(cache_status) as
    case when cache_status <> '' then contains(lower(cache_status), 'hit') end
;

-- Retries after the first call; -1 where none are configured.
create or replace temp macro portkey_retries(x) as
    case when try_cast(x as double) is not null then greatest(cast(try_cast(x as double) as integer), 0) end
;

-- The place of a fallback among its targets; `config` is a single one.
create or replace temp macro portkey_option(path) as
    case when path = 'config' then 0 else try_cast(nullif(regexp_extract(path, 'targets\[(\d+)\]', 1), '') as integer) end
;

create or replace temp macro portkey_pairs(metadata) as
    list_transform(map_entries(metadata), lambda e: concat(e.key, ':', e.value))
;

-- What a body's usage adds to the plain counts, in OpenAI's or Anthropic's names.
create or replace temp macro usage_cache_read(usage) as
    tokens(
        coalesce(
            usage ->> '$.prompt_tokens_details.cached_tokens',
            usage ->> '$.input_tokens_details.cached_tokens',
            usage ->> '$.cache_read_input_tokens'
        )
    )
;

create or replace temp macro usage_cache_write(usage) as
    tokens(coalesce(usage ->> '$.cache_creation_input_tokens', usage ->> '$.prompt_tokens_details.cache_write_tokens'))
;

create or replace temp macro usage_reasoning(usage) as
    tokens(
        coalesce(
            usage ->> '$.completion_tokens_details.reasoning_tokens', usage ->> '$.output_tokens_details.reasoning_tokens'
        )
    )
;

-- Why a request failed. Portkey itself refuses by a budget (412) or a guardrail (446), which are no codes of
-- providers, or by a limit or a key, where its own answer says that it is a failure.
create or replace temp macro portkey_error(status, code, answer) as
    case
        when code in (412, 446) or (code in (401, 403, 429) and answer ->> '$.status' = 'failure')
        then 'refused_by_gateway'
        when status = 'error'
        then label(coalesce(answer ->> '$.error.code', answer ->> '$.error.type'))
    end
;
