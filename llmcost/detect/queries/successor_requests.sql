/*
title: At the price of the successor
answers: What would each request cost at the model that succeeded its own?
inputs: [successor_names, leaves, prices]
*/
select dedupe_key, book_model as model, cost_usd
from requests_priced_as('successor_names')
where price_status = 'priced'
