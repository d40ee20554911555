-- Calls of a provider's own tools, which are paid each beside the tokens.
alter table requests add column file_search_requests bigint;
alter table requests add column x_search_requests bigint;
alter table requests add column code_interpreter_requests bigint;
