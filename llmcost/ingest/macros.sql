-- What every format says the same way. A value that is not what it must be raises: the batch is then read
-- line by line, where the line is named and rejected (sieve.py knows the same kinds).
create or replace temp macro tokens(x) as
    case
        when not contains(x, '.')
        then cast(cast(x as ubigint) as bigint)
        when rtrim(rtrim(x, '0'), '.') not like '%.%'
        then cast(cast(rtrim(rtrim(x, '0'), '.') as ubigint) as bigint)
        when x is not null
        then error('a token count must be whole')
    end
;

create or replace temp macro flag(x) as
    case lower(x)
        when 'true' then true
        when 'false' then false
        when '' then null
        when 'none' then null
        else case when x is not null then error('neither true nor false') end
    end
;

-- Seconds since 1970 or ISO 8601; a time without a zone is UTC. Outside 2015..2100 it is no log time at all.
create or replace temp macro plausible(t) as
    case
        when t < timestamp '2015-01-01' or t >= timestamp '2100-01-01' then error('no plausible time') else t
    end
;

create or replace temp macro utc(x) as
    plausible(
        coalesce(
            make_timestamp(cast(try_cast(x as double) * 1000000 as bigint)),
            cast(cast(nullif(cast(x as varchar), '') as timestamptz) as timestamp)
        )
    )
;

create or replace temp macro required(x, name) as
    case when x is null then error(concat(name, ' is missing')) else x end
;

-- LiteLLM, shared by its payload and its spend table ------------------------------------------------------
-- A provider id may come back for another call (and mocks repeat one); a gateway cache hit adds a suffix that
-- differs between the two tables. Id and start time together are the attempt.
create or replace temp macro litellm_key(id, is_hit, started_at) as
    hash(case when is_hit then split_part(id, '_cache_hit', 1) else id end, epoch_us(started_at))
;

create or replace temp macro litellm_operation(call_type) as
    case call_type
        when 'acompletion' then 'chat'
        when 'completion' then 'chat'
        when 'aresponses' then 'chat'
        when 'responses' then 'chat'
        when 'anthropic_messages' then 'chat'
        when 'agenerate_content' then 'generate_content'
        when 'generate_content' then 'generate_content'
        when 'aembedding' then 'embeddings'
        when 'embedding' then 'embeddings'
        when 'atext_completion' then 'text_completion'
        when 'text_completion' then 'text_completion'
        else call_type
    end
;

-- Between April and October 2025 prompt_tokens of Anthropic and Bedrock held cache reads but not writes:
-- what of the
-- cache stands outside the reported input.
create or replace temp macro litellm_outside(input, cache_read, cache_write) as
    case
        when cache_read + cache_write <= input then 0 when cache_read <= input then cache_write
        else cache_read + cache_write
    end
;

create or replace temp macro litellm_basis(outside, cache_write) as
    case when outside = 0 then 'inclusive' when outside = cache_write then 'writes_outside' else 'exclusive' end
;

-- A stream that ended without usage: LiteLLM counts the text itself and writes just this usage object (no
-- input
-- details, reasoning 0, predictions null); OpenAI and Azure always send input details when they send usage.
create or replace temp macro litellm_usage_source(is_openai_stream, has_no_input_details, reasoning, accepted) as
    case
        when is_openai_stream and has_no_input_details and reasoning = '0' and accepted is null
        then 'gateway_estimate'
        else 'provider'
    end
;

-- The proxy may put the alias that the client asked for into response.model: that is no served model.
create or replace temp macro litellm_served_model(answered, model_group, model) as
    case
        when answered = model_group and not coalesce(ends_with(model, answered), false) then null
        else answered
    end
;

create or replace temp macro litellm_response(response) as
    case
        when starts_with(response, '{')
        then
            from_json(
                response,
                '{"id":"VARCHAR","model":"VARCHAR","service_tier":"VARCHAR","stop_reason":"VARCHAR",
                  "choices":[{"finish_reason":"VARCHAR"}]}'
            )
    end
;

create or replace temp macro litellm_metadata(metadata) as
    from_json(
        nullif(metadata, ''),
        '{"status":"VARCHAR","user_api_key_alias":"VARCHAR","user_api_key_team_alias":"VARCHAR",
          "user_api_key_project_id":"VARCHAR",
          "error_information":{"error_code":"VARCHAR","error_class":"VARCHAR"},
          "usage_object":{"service_tier":"VARCHAR","cache_read_input_tokens":"VARCHAR",
            "cache_creation_input_tokens":"VARCHAR",
            "prompt_tokens_details":{"cached_tokens":"VARCHAR","audio_tokens":"VARCHAR",
              "cache_write_tokens":"VARCHAR","cache_creation_tokens":"VARCHAR",
              "cache_creation_token_details":{"ephemeral_5m_input_tokens":"VARCHAR",
                "ephemeral_1h_input_tokens":"VARCHAR"}},
            "completion_tokens_details":{"reasoning_tokens":"VARCHAR","audio_tokens":"VARCHAR",
              "accepted_prediction_tokens":"VARCHAR"}}}'
    )
;

-- Raw bodies ---------------------------------------------------------------------------------------------
create or replace temp macro anthropic_iterations(iterations) as
    cast(
        from_json(
            iterations,
            '[{"model":"VARCHAR","input_tokens":"VARCHAR","cache_read_input_tokens":"VARCHAR",
               "cache_creation_input_tokens":"VARCHAR",
               "cache_creation":{"ephemeral_5m_input_tokens":"VARCHAR","ephemeral_1h_input_tokens":"VARCHAR"},
               "output_tokens":"VARCHAR"}]'
        ) as struct(
            model varchar,
            input_tokens varchar,
            cache_read_input_tokens varchar,
            cache_creation_input_tokens varchar,
            cache_creation struct(ephemeral_5m_input_tokens varchar, ephemeral_1h_input_tokens varchar),
            output_tokens varchar
        )[]
    )
;

-- A body does not name who served it. These marks do; without one the price book's model names decide.
create or replace temp macro openai_provider(model, groq_id, xai_ticks) as
    case
        when groq_id is not null
        then 'groq'
        when xai_ticks is not null or starts_with(model, 'grok-')
        then 'x-ai'
        when
            starts_with(model, 'gpt-')
            or starts_with(model, 'text-embedding-')
            or starts_with(model, 'ft:')
            or starts_with(model, 'o1')
            or starts_with(model, 'o3')
            or starts_with(model, 'o4-')
        then 'openai'
    end
;
