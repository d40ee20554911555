/*
title: Single requests
answers: Which rows are one request each, and not the sum of a run or a day, of whose requests nothing is known one by one?
*/
select * from scope where usage_basis <> 'run'
