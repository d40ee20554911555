-- The same requests at the price of a smaller model, and of the model that succeeded theirs.
create or replace temp view smaller_requests as
select dedupe_key, book_model as model, cost_usd
from requests_priced_as('smaller_names')
where price_status = 'priced'
;

create or replace temp view successor_requests as
select dedupe_key, book_model as model, cost_usd
from requests_priced_as('successor_names')
where price_status = 'priced'
;
