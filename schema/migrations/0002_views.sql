-- Views for people: what the tables mean, in plain columns. NULL = unknown. Runs that their user deleted are in none but v_usage, which is the books.

-- One row a run, over all its days.
CREATE VIEW v_runs AS
SELECT
  r.project AS project,
  r.run_id AS run_id,
  coalesce(m.name, r.facts.name) AS name,
  if(r.facts.feature = '', 'custom', r.facts.feature) AS feature,
  r.facts.source_id AS source_id,
  multiIf(r.booked_status IN ('completed', 'failed', 'cancelled'), r.booked_status, r.last_news < now64(3) - toIntervalMinute(5), 'stalled', 'running') AS status,
  r.first_start AS started_at,
  r.last_end AS ended_at,
  (toUnixTimestamp64Nano(r.last_end) - toUnixTimestamp64Nano(r.first_start)) / 1e6 AS duration_ms,
  r.facts.user_id AS user_id,
  r.facts.session_id AS session_id,
  if(m.tags IS NULL, r.facts.tags, JSONExtract(assumeNotNull(m.tags), 'Array(String)')) AS tags,
  r.calls_by_model AS models,
  r.calls_by_provider AS providers,
  arrayMap(t -> leftPad(lower(hex(t)), 32, '0'), r.all_traces) AS trace_ids,
  r.n_tasks AS tasks,
  r.n_llm AS llm_calls,
  r.n_embedding AS embedding_calls,
  r.n_tool AS tool_calls,
  r.n_retrieval AS retrieval_calls,
  r.n_errors AS errors,
  r.n_failed_calls AS failed_calls,
  if(r.n_known_input > 0, r.sum_input, NULL) AS input_tokens,
  if(r.n_known_output > 0, r.sum_output, NULL) AS output_tokens,
  if(r.n_known_cache_read > 0, r.sum_cache_read, NULL) AS cache_read_tokens,
  if(r.n_known_cache_write > 0, r.sum_cache_write, NULL) AS cache_write_tokens,
  if(r.n_known_reasoning > 0, r.sum_reasoning, NULL) AS reasoning_tokens,
  if(r.n_known_cost > 0, r.sum_cost, NULL) AS cost,
  r.n_unpriced AS unpriced_calls,
  r.n_usage_unknown AS usage_unknown_calls,
  m.starred = 1 AS starred,
  m.archived = 1 AS archived
FROM (
  SELECT project, run_id,
    min(started_at) AS first_start, max(ended_at) AS last_end, max(last_seen) AS last_news,
    argMinMerge(first_facts) AS facts, argMaxMerge(last_status) AS booked_status, groupUniqArrayArray(traces) AS all_traces,
    sumMap(models) AS calls_by_model, sumMap(providers) AS calls_by_provider,
    sum(tasks) AS n_tasks, sum(llm_calls) AS n_llm, sum(embedding_calls) AS n_embedding, sum(tool_calls) AS n_tool,
    sum(retrieval_calls) AS n_retrieval, sum(errors) AS n_errors, sum(failed_calls) AS n_failed_calls,
    sum(input_tokens) AS sum_input, sum(output_tokens) AS sum_output, sum(cache_read_tokens) AS sum_cache_read,
    sum(cache_write_tokens) AS sum_cache_write, sum(reasoning_tokens) AS sum_reasoning,
    sum(known_input) AS n_known_input, sum(known_output) AS n_known_output, sum(known_cache_read) AS n_known_cache_read,
    sum(known_cache_write) AS n_known_cache_write, sum(known_reasoning) AS n_known_reasoning,
    sum(cost) AS sum_cost, sum(known_cost) AS n_known_cost, sum(unpriced) AS n_unpriced, sum(usage_unknown) AS n_usage_unknown
  FROM runs
  GROUP BY project, run_id
) AS r
LEFT JOIN (SELECT project, run_id, starred, archived, deleted, name, tags FROM run_marks FINAL) AS m ON m.project = r.project AND m.run_id = r.run_id
WHERE r.n_tasks > 0 AND NOT m.deleted;

-- One row a task, its newest version, without texts.
CREATE VIEW v_tasks AS
SELECT
  t.project AS project,
  t.run_id AS run_id,
  leftPad(lower(hex(t.trace_id)), 32, '0') AS trace_id,
  leftPad(lower(hex(t.span_id)), 16, '0') AS span_id,
  if(t.parent_id = 0, NULL, leftPad(lower(hex(t.parent_id)), 16, '0')) AS parent_id,
  t.kind AS kind,
  t.status AS status,
  t.name AS name,
  t.started_at AS started_at,
  t.duration_ns / 1e6 AS duration_ms,
  if(t.ttft_ns > 0, t.ttft_ns / 1e6, NULL) AS ttft_ms,
  t.provider AS provider,
  t.model AS model,
  t.request_model AS request_model,
  if(t.feature = '', 'custom', t.feature) AS feature,
  t.source_id AS source_id,
  t.user_id AS user_id,
  t.session_id AS session_id,
  t.counted = 1 AS counted,
  t.not_counted AS not_counted_because,
  if(bitTest(t.known, 0), t.input_tokens, NULL) AS input_tokens,
  if(bitTest(t.known, 1), t.output_tokens, NULL) AS output_tokens,
  if(bitTest(t.known, 2), t.cache_read_tokens, NULL) AS cache_read_tokens,
  if(bitTest(t.known, 3), t.cache_write_tokens, NULL) AS cache_write_tokens,
  if(bitTest(t.known, 4), t.reasoning_tokens, NULL) AS reasoning_tokens,
  if(bitAnd(t.known, 96) != 0, t.cost, NULL) AS cost,
  if(bitTest(t.known, 5), t.reported_cost, NULL) AS reported_cost,
  if(bitTest(t.known, 6), t.priced_cost, NULL) AS priced_cost,
  t.price_id AS price_id,
  t.error_type AS error_type,
  t.error_message AS error_message,
  t.response_id AS response_id,
  t.attributes AS attributes
FROM tasks AS t FINAL
WHERE t.visible AND (t.project, t.run_id) NOT IN (SELECT project, run_id FROM run_marks FINAL WHERE deleted);

-- Usage by hour, feature, source, kind, provider, model and price. Tokens and cost are of counted calls; sums of what is known.
CREATE VIEW v_usage AS
SELECT
  u.project AS project,
  u.hour AS hour,
  if(u.feature = '', 'custom', u.feature) AS feature,
  u.source_id AS source_id,
  u.kind AS kind,
  u.provider AS provider,
  u.model AS model,
  u.price_id AS price_id,
  sum(u.tasks) AS tasks,
  sum(u.calls) AS calls,
  sum(u.errors) AS errors,
  sum(u.failed_calls) AS failed_calls,
  sum(u.input_tokens) AS input_tokens,
  sum(u.output_tokens) AS output_tokens,
  sum(u.cache_read_tokens) AS cache_read_tokens,
  sum(u.cache_write_tokens) AS cache_write_tokens,
  sum(u.reasoning_tokens) AS reasoning_tokens,
  sum(u.cost) AS cost,
  sum(u.unpriced) AS unpriced_calls,
  sum(u.usage_unknown) AS usage_unknown_calls
FROM usage_hourly AS u
GROUP BY project, hour, feature, source_id, kind, provider, model, price_id;
