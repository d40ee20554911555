-- How many answers the format that a request asked for leaves to choose from, where it is a closed list.
alter table requests add column response_choices bigint;
