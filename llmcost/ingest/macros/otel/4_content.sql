-- What was asked and answered, whichever convention holds it ------------------------------------------------
create or replace temp macro otel_prompt(a, parameters) as
    case
        when openinference_has_prompt(a)
        then openinference_prompt(a)
        when openllmetry_has_prompt(a)
        then openllmetry_prompt(a)
        else
            prompt_parts(
                coalesce(a['gen_ai.system_instructions'], parameters.system),
                coalesce(a['gen_ai.tool.definitions'], a['ai.prompt.tools'], parameters.tools),
                coalesce(
                    a['gen_ai.input.messages'],
                    a['ai.prompt.messages'],
                    parameters.messages,
                    a['input.value']
                )
            )
    end
;

create or replace temp macro otel_answer(a, response) as
    coalesce(genai_answer(a), vercel_answer(a), openinference_answer(a), openllmetry_answer(a), response.message)
;

create or replace temp macro otel_embedded(a) as
    coalesce(openinference_embedded(a), genai_embedded(a), vercel_embedded(a), openllmetry_embedded(a))
;
