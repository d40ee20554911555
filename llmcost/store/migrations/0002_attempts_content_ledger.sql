-- Attempts, content as keyed hashes and sizes, and a ledger that knows how far a file was read.
alter table requests add column span_id varchar;
alter table requests add column parent_span_id varchar;
alter table requests add column logical_request_id varchar;  -- what all attempts of one client call share
alter table requests add column attempt_number integer;  -- 1 is the first, where rows are attempts
alter table requests add column retry_count integer;  -- retries folded into this row
alter table requests add column fallback_index integer;  -- 0 is the model first asked
alter table requests add column case_id varchar;  -- the test case that made the call
alter table requests add column region varchar;
alter table requests add column emitter_version varchar;
alter table requests add column usage_evidence varchar;  -- what decided usage_basis, see macros/usage.sql
alter table requests add column prompt_hash ubigint;  -- these hashes are keyed with content_key below
alter table requests add column system_prompt_hash varchar;  -- text: few distinct ones, kept as a dictionary
alter table requests add column system_prompt_chars bigint;
alter table requests add column input_chars bigint;
alter table requests add column prefix_hashes ubigint[];  -- of the first 1, 2, 3 ... messages, tools before them
alter table requests add column prefix_chars bigint[];
alter table requests add column output_hash ubigint;
alter table requests add column output_chars bigint;
alter table requests add column embedding_item_hashes ubigint[];
alter table requests add column embedding_item_chars bigint[];
alter table requests add column embedding_dimensions integer;

create view embedding_items as
select request_id, dedupe_key, unnest(embedding_item_hashes) as item_hash, unnest(embedding_item_chars) as item_chars
from requests
where embedding_item_hashes is not null;

-- The key of the hashes, and a probe: another DuckDB that hashes otherwise must not write into this store.
create table hashing as select cast(uuid() as varchar) as content_key, hash('llmcost-probe') as probe;

alter table files add column read_bytes bigint;  -- up to the end of the last whole line; null: read as a whole
alter table files add column head_hash ubigint;
alter table files add column tail_hash ubigint;  -- of the bytes just before read_bytes

alter table rejects add column excerpt varchar;  -- its shape: keys of the format and numbers, never its text

-- What each batch came to; together the records that were read.
create table ingests (
    ingested_at timestamp not null,
    new_requests bigint not null,
    duplicates bigint not null,
    rejected bigint not null,
    passed_over bigint not null
);
