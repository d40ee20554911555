-- The answers of those routes, in one look at requests.
select
    answer_routes.tier,
    answer_routes.route,
    answer_routes.answers,
    answer_routes.response_choices,
    single_requests.dedupe_key,
    single_requests.output_hash,
    single_requests.output_tokens,
    single_requests.price_status,
    single_requests.cost_usd
from single_requests
inner join
    answer_routes
    on single_requests.key is not distinct from answer_routes.key
    and single_requests.provider is not distinct from answer_routes.provider
    and single_requests.model is not distinct from answer_routes.model
    and single_requests.system_prompt_hash is not distinct from answer_routes.system_prompt_hash
    and single_requests.model_group is not distinct from answer_routes.model_group
    and single_requests.response_choices is not distinct from answer_routes.response_choices
    and case when single_requests.output_hash is null then 0 else 1 end
    = case when answer_routes.tier = 'text' then 1 else 0 end
where single_requests.status = 'ok' and single_requests.operation <> 'embeddings'
