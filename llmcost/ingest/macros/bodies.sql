-- Raw bodies ---------------------------------------------------------------------------------------------
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
