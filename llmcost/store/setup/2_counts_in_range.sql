-- The same where every count of a store is possible, as nearly always.
-- To ask it of each request takes as long as to price it.
create or replace temp macro possible(x) as x
;

create or replace temp macro possible_searches(x) as x
;

create or replace temp macro is_impossible(most_tokens, least_tokens, most_searches, least_searches) as false
;
