-- A count past what any model can hold is not a count. It is read as not reported, so that no sum
-- of any query holds it; its request has the price status that says so.
create or replace temp macro possible(x) as case when x between 0 and 1000000000 then x end
;

create or replace temp macro possible_searches(x) as case when x between 0 and 1000000 then x end
;

create or replace temp macro is_impossible(most_tokens, least_tokens, most_searches, least_searches) as
    coalesce(most_tokens > 1000000000 or least_tokens < 0, false)
    or coalesce(most_searches > 1000000 or least_searches < 0, false)
;
