/*
title: Newest
answers: When did the last request of all end?
inputs: [requests]
*/
select max(greatest(ended_at, started_at)) as newest_at from requests
