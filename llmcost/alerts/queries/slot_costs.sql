/*
title: Costs of slots
answers: What did each slot of the last days cost?
steps: [ended]
params:
  first: 0  # slots since 1970
  last: 0
*/
select slot, sum(cost_usd) as cost_usd from ended group by slot order by slot
