-- What logs of coding agents say in the same way -----------------------------------------------------------
-- Who serves a model, by the names of the AI SDK and of models.dev. GitHub Copilot is paid by a plan: what it
-- used is shown at the prices of those who make the models.
create or replace temp macro agent_provider(x) as
    case
        when starts_with(lower(x), 'google-vertex')
        then 'gcp.vertex_ai'
        when lower(x) in ('amazon-bedrock', 'bedrock')
        then 'aws.bedrock'
        when lower(x) = 'openai-codex'
        then 'openai'
        when lower(x) in ('github-copilot', 'github', 'copilot')
        then null
        when x <> ''
        then lower(x)
    end
;

-- What is read of a message of opencode, wherever it lies.
create or replace temp macro opencode_message(m, message_id, session) as
    struct_pack(
        id := coalesce(m.id, message_id),
        session := coalesce(m.sessionid, session),
        role := m.role,
        model := m.modelid,
        provider := m.providerid,
        cost := m.cost,
        finish := m.finish,
        created := cast(m."time".created as varchar),
        completed := cast(m."time".completed as varchar),
        folder := m.path.cwd,
        failure := m.error.name,
        tokens := m.tokens
    )
;

-- The names of LiteLLM's kind, anthropic/claude-sonnet-4-5: who serves the model, and the model.
create or replace temp macro prefix_provider(model) as
    case
        when
            split_part(model, '/', 1) in (
                'anthropic',
                'azure',
                'azure_ai',
                'bedrock',
                'cohere',
                'deepseek',
                'fireworks_ai',
                'gemini',
                'groq',
                'mistral',
                'moonshot',
                'openai',
                'openrouter',
                'perplexity',
                'together_ai',
                'vertex_ai',
                'xai'
            )
            and contains(model, '/')
        then agent_provider(split_part(model, '/', 1))
    end
;

create or replace temp macro without_prefix(model) as
    case when prefix_provider(model) is null then model else regexp_replace(model, '^[^/]*/', '') end
;
