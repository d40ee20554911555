/*
title: Waterfall
answers: What does each detector save, of each certainty, and each certainty of all detectors?
inputs: [claims]
*/
-- A row for each detector, for each certainty, and for each certainty of a detector. A column that a row is
-- not grouped by is NULL.
select
    place,
    certainty,
    count(*) as requests,
    sum(saving_usd) as saving_usd,
    sum(saving_low_usd) as saving_low_usd,
    sum(saving_high_usd) as saving_high_usd,
    sum(standalone_usd) as standalone_usd
from claims
group by grouping sets ((place), (certainty), (place, certainty))
