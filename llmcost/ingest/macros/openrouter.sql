-- OpenRouter -----------------------------------------------------------------------------------------------
-- Who served the model, in the names of the price book where it knows them.
create or replace temp macro openrouter_provider(name) as
    case name
        when 'Amazon Bedrock' then 'aws.bedrock'
        when 'Google' then 'gcp.vertex_ai'
        when 'Google Vertex' then 'gcp.vertex_ai'
        when 'Google AI Studio' then 'gcp.gemini'
        when 'xAI' then 'x-ai'
        else lower(nullif(name, ''))
    end
;

-- `:free` has no price; the other variants (nitro, floor, exacto ...) choose among a model's providers.
create or replace temp macro openrouter_served(model, variant) as
    case when variant is distinct from 'free' and not ends_with(model, ':free') then split_part(model, ':', 1) end
;

-- With a key of one's own the provider's bill comes beside OpenRouter's fee.
create or replace temp macro openrouter_cost(total, upstream) as
    cast(cast(total as decimal(18, 12)) + coalesce(cast(upstream as decimal(18, 12)), 0) as decimal(18, 12))
;
