/*
title: Emitters
answers: Which formats, gateways and versions wrote these logs?
*/
select
    concat_ws(' ', format, nullif(gateway, format), emitter_version) as subject,
    count(*) as requests,
    cast(count(*) as double) / sum(count(*)) over () as covered_share,
    concat(strftime(min(started_at), '%Y-%m-%d'), ' .. ', strftime(max(started_at), '%Y-%m-%d')) as note
from scope
group by format, gateway, emitter_version
order by requests desc, subject
