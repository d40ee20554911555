/*
title: Azure API Management GatewayLlmLogs table
answers: "Rows of ApiManagementGatewayLlmLog from Log Analytics: counts and model per call, without cache split, status or latency."
source: Microsoft Learn, table ApiManagementGatewayLlmLog; Azure-Samples/AI-Gateway
recognise:
  - {CorrelationId: , PromptTokens: , CompletionTokens: }
  - {CorrelationId: , SequenceNumber: , TimeGenerated: }
macros: [azure]
required: [CorrelationId, TimeGenerated]
columns:
  TimeGenerated: time
  CorrelationId: text
  RequestId: text
  SequenceNumber: text
  DeploymentName: text
  ModelName: text
  OperationName: text
  Region: text
  PromptTokens: text
  CompletionTokens: text
  TotalTokens: text
  IsStreamCompletion: flag
  RequestMessages: content
  ResponseMessages: content
passes_over: [messages of a call already counted]
*/
with
    counted as (
        select
            *,
            is_llm_message(sequencenumber, deploymentname) as is_message,
            tokens(nullif(prompttokens, '')) as sent,
            tokens(nullif(completiontokens, '')) as answered,
            tokens(nullif(totaltokens, '')) as total
        from records
    ),
    -- the messages of a call stand in rows of their own, in pieces
    gathered as (
        select
            *,
            string_agg(requestmessages, '' order by try_cast(sequencenumber as integer)) over calls
            as messages,
            string_agg(responsemessages, '' order by try_cast(sequencenumber as integer)) over calls as said
        from counted
        window calls as (partition by correlationid)
    ),
    based as (
        select
            *,
            resolve_usage(sent, answered, total := total) as used,
            prompt_parts(null, null, messages) as content
        from gathered
    )
select
    required(correlationid, 'CorrelationId') as request_id,
    nullif(requestid, '') as response_id,
    hash('azure_apim', correlationid) as dedupe_key,
    file_id,
    required(utc(timegenerated), 'TimeGenerated') as started_at,
    'azure_apim' as gateway,
    'azure' as provider_name,
    nullif(deploymentname, '') as request_model,
    nullif(modelname, '') as response_model,
    nullif(deploymentname, '') as deployment_id,
    nullif(region, '') as region,
    case
        when contains(lower(coalesce(operationname, modelname)), 'embedding') then 'embeddings' else 'chat'
    end as operation_name,
    case when sent > 0 then used.input_tokens end as input_tokens,
    case when sent > 0 then used.output_tokens end as output_tokens,
    total as total_tokens_reported,
    case when sent > 0 then 'provider' else 'missing' end as usage_source,
    used.basis as usage_basis,
    used.evidence as usage_evidence,
    false as is_batch,
    'ok' as status,  -- the log has none; GatewayLogs of the same call does
    flag(isstreamcompletion) as is_stream,
    prompt_hash_of(content) as prompt_hash,
    system_prompt_hash_of(content) as system_prompt_hash,
    system_prompt_chars_of(content) as system_prompt_chars,
    input_chars_of(content) as input_chars,
    prefix_hashes_of(content) as prefix_hashes,
    prefix_chars_of(content) as prefix_chars,
    output_hash_of(said) as output_hash,
    chars(nullif(said, '')) as output_chars,
    case when is_message then 'messages of a call already counted' end as passed_over
from based
