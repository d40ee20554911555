-- Azure API Management -------------------------------------------------------------------------------------
-- A property, which Azure writes small in storage and large in tables.
create or replace temp macro property(properties, name) as
    coalesce(
        json_extract_string(properties, '$.' || name),
        json_extract_string(properties, '$.' || upper(name[1]) || name[2:])
    )
;

-- GatewayLlmLogs has several rows per call: 0 has the counts, 1 the question, 2 and more the answer.
create or replace temp macro is_llm_message(sequence_number, deployment) as
    coalesce(tokens(nullif(sequence_number, '')), case when coalesce(deployment, '') = '' then 1 else 0 end) > 0
;
