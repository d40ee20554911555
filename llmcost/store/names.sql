-- Requests without a number: names that are new get one each, then each request gets its name's.
insert into names
with
    found as (
        select distinct
            provider_name,
            coalesce(response_model, request_model) as model_named,
            deployment_id,
            service_tier,
            is_batch,
            speed,
            inference_geo,
            search_context_size
        from requests
        where name_id is null
        except
        select * exclude (name_id)
        from names
    )
select
    (select coalesce(max(name_id), 0) from names) + row_number() over (order by found),
    found.*
from found
;

update requests
set name_id = names.name_id
from names
where
    requests.name_id is null
    and requests.provider_name is not distinct from names.provider_name
    and coalesce(requests.response_model, requests.request_model) is not distinct from names.model_named
    and requests.deployment_id is not distinct from names.deployment_id
    and requests.service_tier is not distinct from names.service_tier
    and requests.is_batch = names.is_batch
    and requests.speed is not distinct from names.speed
    and requests.inference_geo is not distinct from names.inference_geo
    and requests.search_context_size is not distinct from names.search_context_size
;
