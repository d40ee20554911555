/*
title: The file of one request
answers: Which file was a request read from, and in which state was that?
inputs: [files]
params:
  file: null
*/
select path, format, size_bytes, modified_ns, read_bytes, ingested_at from files where file_id = $file
