/*
title: At the price of a smaller model
answers: What would each request cost at the model that the book names as smaller?
inputs: [smaller_names, leaves, prices]
*/
select dedupe_key, book_model as model, cost_usd
from requests_priced_as('smaller_names')
where price_status = 'priced'
