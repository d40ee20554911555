-- The distinct names that prices are resolved by. Requests carry their number, so that pricing joins on one
-- integer.
create table names (
    name_id integer not null,
    provider_name varchar,
    model_named varchar,  -- the model that answered, or the one that was asked
    deployment_id varchar,
    service_tier varchar,
    is_batch boolean not null,
    speed varchar,
    inference_geo varchar,
    search_context_size varchar
);

alter table requests add column name_id integer;
