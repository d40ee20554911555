-- When a file was changed in any way, which no program can set back: one that is rewritten in its size and
-- time is seen.
alter table files add column changed_ns bigint;
