-- Parts of the tokens that have prices of their own, and the size of a search's context, which has one too.
alter table requests add column input_image_tokens bigint;
alter table requests add column output_image_tokens bigint;
alter table requests add column cache_read_audio_tokens bigint;  -- in input_audio_tokens and in cache_read_input_tokens
alter table requests add column cache_read_image_tokens bigint;  -- in input_image_tokens and in cache_read_input_tokens
alter table requests add column search_context_size varchar;  -- low | medium | high
