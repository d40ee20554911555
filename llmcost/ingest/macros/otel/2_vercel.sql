-- Vercel AI SDK -------------------------------------------------------------------------------------------
create or replace temp macro vercel_operation(operation_id) as
    case
        when ends_with(operation_id, '.doEmbed')
        then 'embeddings'
        -- what stands above it adds up its steps
        when contains(operation_id, '.do')
        then 'chat'
    end
;

create or replace temp macro vercel_provider(a) as a['ai.model.provider']
;

-- It passes on the count of Anthropic and Bedrock, which leaves the cache out, or adds to it, by its version.
create or replace temp macro vercel_is_in_doubt(a) as
    starts_with(vercel_provider(a), 'anthropic') or contains(vercel_provider(a), 'bedrock')
;

create or replace temp macro vercel_input(a) as
    coalesce(a['ai.usage.inputTokens'], a['ai.usage.promptTokens'], a['ai.usage.tokens'])
;

create or replace temp macro vercel_output(a) as coalesce(a['ai.usage.outputTokens'], a['ai.usage.completionTokens'])
;

create or replace temp macro vercel_cache_read(a) as
    coalesce(a['ai.usage.inputTokenDetails.cacheReadTokens'], a['ai.usage.cachedInputTokens'])
;

create or replace temp macro vercel_cache_write(a) as a['ai.usage.inputTokenDetails.cacheWriteTokens']
;

create or replace temp macro vercel_uncached(a) as a['ai.usage.inputTokenDetails.noCacheTokens']
;

create or replace temp macro vercel_reasoning(a) as
    coalesce(a['ai.usage.outputTokenDetails.reasoningTokens'], a['ai.usage.reasoningTokens'])
;

create or replace temp macro vercel_total(a) as a['ai.usage.totalTokens']
;

create or replace temp macro vercel_max_tokens(a) as
    coalesce(a['ai.settings.maxOutputTokens'], a['ai.settings.maxTokens'])
;

create or replace temp macro vercel_stream(a) as
    case when a['ai.operationId'] is not null then cast(contains(a['ai.operationId'], 'doStream') as varchar) end
;

create or replace temp macro vercel_answer(a) as
    coalesce(a['ai.response.text'], a['ai.response.object'], a['ai.response.toolCalls'])
;

-- Each value is JSON itself.
create or replace temp macro vercel_embedded(a) as
    list_transform(
        embedding_texts(coalesce(a['ai.values'], a['ai.value'])), lambda x: coalesce(try(from_json(x, '"VARCHAR"')), x)
    )
;

-- The searches that Anthropic counts, or those that Gemini made.
create or replace temp macro vercel_searches(metadata) as
    coalesce(
        metadata.anthropic.usage.server_tool_use.web_search_requests,
        cast(
            len(coalesce(metadata.google.groundingMetadata.webSearchQueries, metadata.vertex.groundingMetadata.webSearchQueries))
            as varchar
        )
    )
;

create or replace temp macro vercel_metadata(a) as
    try(
        from_json(
            a['ai.response.providerMetadata'],
            '{"anthropic":{"usage":{"server_tool_use":{"web_search_requests":"VARCHAR"}}},
              "google":{"groundingMetadata":{"webSearchQueries":["VARCHAR"]}},
              "vertex":{"groundingMetadata":{"webSearchQueries":["VARCHAR"]}}}'
        )
    )
;

-- What the call cost, where Vercel's own gateway made it.
create or replace temp macro vercel_cost(a) as
    try(from_json(a['ai.response.providerMetadata'], '{"gateway":{"cost":"VARCHAR"}}')).gateway.cost
;
