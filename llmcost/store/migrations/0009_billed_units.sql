-- What is billed by something else than tokens and calls of tools: how many of which unit.
alter table requests add column billed_unit varchar;  -- map_search | search_source | page | image | second
alter table requests add column billed_units bigint;
alter table summaries add column billed_unit varchar;
alter table summaries add column billed_units bigint;
