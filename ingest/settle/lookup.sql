-- What is booked of some traces: the newest version of each span, with all that settle needs to resolve the trace again; with `lean` without
-- what only a new version is written from. lookup.ts says which spans, in which order, and how many.
SELECT leftPad(lower(hex(trace_id)), 32, '0') AS trace, leftPad(lower(hex(span_id)), 16, '0') AS span,
  if(parent_id = 0, '', leftPad(lower(hex(parent_id)), 16, '0')) AS parent,
  toUnixTimestamp64Milli(seen) AS seen_ms, ver, run_id, visible, counted, not_counted, kind, status, name, error_type,
  provider, model, request_model, feature, source_id, user_id, session_id, toUnixTimestamp64Nano(started_at) AS started_ns, duration_ns, ttft_ns,
  known, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
  toString(reinterpretAsInt64(reported_cost)) AS reported_pico, toString(reinterpretAsInt64(priced_cost)) AS priced_pico, price_id,
  flags, response_id, fact_ver, run_name, run_status, run_tags, own, weight, content_hash,
  if({lean:Bool}, '', error_message) AS message,
  if({lean:Bool}, [], arrayMap(h -> leftPad(lower(hex(h)), 32, '0'), input_refs)) AS inputs,
  if({lean:Bool}, [], arrayMap(h -> leftPad(lower(hex(h)), 32, '0'), output_refs)) AS outputs,
  if({lean:Bool}, '', leftPad(lower(hex(context_ref)), 32, '0')) AS context,
  if({lean:Bool}, [], mapKeys(attributes)) AS keys, if({lean:Bool}, [], mapValues(attributes)) AS vals,
  if({lean:Bool}, '', events) AS event_list, if({lean:Bool}, '', links) AS link_list
FROM tasks FINAL
WHERE project = {project:String}
  -- What retention removes goes part by part, the newest version perhaps first. It is gone from the moment it is written down.
  AND (project, toStartOfMonth(seen)) NOT IN (SELECT project, month FROM retention_log WHERE what = 'payload')
  AND trace_id IN (SELECT arrayJoin(arrayMap(x -> reinterpretAsUInt128(reverse(unhex(x))), {traces:Array(String)})))
