-- What the hits of all detectors have in common; nothing stands here.
create or replace temp table no_hits (
    place integer,
    detector varchar,
    is_asked boolean,
    dedupe_key ubigint,
    finding varchar,
    saving_usd decimal(38, 21),
    saving_low_usd decimal(38, 21),
    saving_high_usd decimal(38, 21),
    certainty varchar,
    evidence varchar
);
