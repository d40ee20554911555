/*
title: Requests with the name of a route
answers: What does the gateway call the model of a request, where that is not the model itself?
*/
-- What a person can act on: a key's requests of one model on one route. A route is the gateway's name for it,
-- else the system prompt where a key has few of them.
select
    * exclude (model_group),
    case
        when model_group is distinct from model and model_group is distinct from model_named then model_group
    end as model_group
from scope
