/*
title: Whether a request is among those asked for
answers: How many requests have detectors seen, and was this one among them?
params:
  dedupe_key: null
*/
select count(*) as requests, count(case when dedupe_key = $dedupe_key then 1 end) as is_among from scope
