/*
title: Requests asked about, as they were
answers: Which requests does a question about other models touch, and what did they cost?
inputs: [scope, asked]
*/
select request_id, dedupe_key, asked_model, input_tokens, output_tokens, cost_usd
from scope
inner join asked on scope.model = asked.asked_model or scope.model_named = asked.asked_model
