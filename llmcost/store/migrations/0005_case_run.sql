-- Which repeat of its test case made the call: repeats of a case tell noise from change.
alter table requests add column case_run varchar;
