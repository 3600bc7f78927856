-- Questions about many runs and about words.

-- The facts of a run in columns of their own instead of first_facts and last_status: a filter reads the one it asks for, where a state of an
-- aggregate must be read whole. The smallest and the largest are what argMin and argMax say: they begin with what these are ordered by.
-- A row that bears no facts stands behind every other. run_key: run_id in 16 bytes, to group and to compare by.
ALTER TABLE runs
  ADD COLUMN run_key SimpleAggregateFunction(any, FixedString(16)) DEFAULT sipHash128(run_id),
  ADD COLUMN facts_first SimpleAggregateFunction(min, Tuple(at DateTime64(3, 'UTC'), ver Int64, name String, user_id String, session_id String, feature String, source_id String, tags Array(String))) DEFAULT (toDateTime64('2299-12-31 00:00:00', 3, 'UTC'), 0, '', '', '', '', '', []) CODEC(ZSTD(1)),
  ADD COLUMN status_last SimpleAggregateFunction(max, Tuple(at DateTime64(3, 'UTC'), ver UInt32, status String)) CODEC(ZSTD(1));

-- A row that only adds sums says nothing of when the run began.
ALTER TABLE runs MODIFY COLUMN started_at DEFAULT toDateTime64('2262-04-11 00:00:00', 9, 'UTC');

-- A change of the view and no new view: what it wrote of a batch that was cut off stays known to be written.
ALTER TABLE to_runs MODIFY QUERY
SELECT i.project AS project, toDate(i.seen) AS day, i.run_id AS run_id,
  min(i.started_at) AS started_at,
  max(i.started_at + toIntervalNanosecond(i.duration_ns)) AS ended_at,
  max(i.seen) AS last_seen,
  groupUniqArray(i.trace_id) AS traces,
  max(if(i.kind = 'llm', length(i.input_refs) + length(i.output_refs), 0))::UInt32 AS messages,
  sum(i.sign)::Int64 AS tasks,
  sum(i.sign * (i.kind = 'llm') * i.counted)::Int64 AS llm_calls,
  sum(i.sign * (i.kind = 'embedding') * i.counted)::Int64 AS embedding_calls,
  sum(i.sign * (i.kind = 'tool'))::Int64 AS tool_calls,
  sum(i.sign * (i.kind = 'retrieval'))::Int64 AS retrieval_calls,
  sum(i.sign * (i.status = 'failed'))::Int64 AS errors,
  sum(i.sign * (i.status = 'failed') * i.counted)::Int64 AS failed_calls,
  sum(i.sign * toInt64(i.input_tokens) * i.counted)::Int64 AS input_tokens,
  sum(i.sign * toInt64(i.output_tokens) * i.counted)::Int64 AS output_tokens,
  sum(i.sign * toInt64(i.cache_read_tokens) * i.counted)::Int64 AS cache_read_tokens,
  sum(i.sign * toInt64(i.cache_write_tokens) * i.counted)::Int64 AS cache_write_tokens,
  sum(i.sign * toInt64(i.reasoning_tokens) * i.counted)::Int64 AS reasoning_tokens,
  sum(i.sign * i.counted * bitTest(i.known, 0))::Int64 AS known_input,
  sum(i.sign * i.counted * bitTest(i.known, 1))::Int64 AS known_output,
  sum(i.sign * i.counted * bitTest(i.known, 2))::Int64 AS known_cache_read,
  sum(i.sign * i.counted * bitTest(i.known, 3))::Int64 AS known_cache_write,
  sum(i.sign * i.counted * bitTest(i.known, 4))::Int64 AS known_reasoning,
  sum(i.cost * (i.sign * i.counted)) AS cost,
  sum(i.sign * i.counted * (bitAnd(i.known, 96) != 0))::Int64 AS known_cost,
  sum(i.sign * i.counted * (bitAnd(i.known, 96) = 0 AND bitAnd(i.known, 3) != 0))::Int64 AS unpriced,
  sum(i.sign * i.counted * (bitAnd(i.known, 3) = 0))::Int64 AS usage_unknown,
  sumMapIf(map(i.model::String, i.sign::Int64), i.counted AND i.model != '') AS models,
  sumMapIf(map(i.provider::String, i.sign::Int64), i.counted AND i.provider != '') AS providers,
  sipHash128(i.run_id) AS run_key,
  if(countIf(i.sign = 1 AND i.fact_ver > 0) = 0, (toDateTime64('2299-12-31 00:00:00', 3, 'UTC'), toInt64(0), '', '', '', '', '', CAST([], 'Array(String)')),
    minIf((i.trace_seen, -toInt64(i.fact_ver), i.run_name, i.user_id, i.session_id, i.feature::String, i.source_id::String, i.run_tags), i.sign = 1 AND i.fact_ver > 0))::Tuple(at DateTime64(3, 'UTC'), ver Int64, name String, user_id String, session_id String, feature String, source_id String, tags Array(String)) AS facts_first,
  maxIf((i.trace_seen, i.fact_ver, i.run_status::String), i.sign = 1 AND i.fact_ver > 0)::Tuple(at DateTime64(3, 'UTC'), ver UInt32, status String) AS status_last
FROM inbox AS i WHERE i.sign != 0 AND i.visible
GROUP BY project, day, run_id;

-- What is booked already. Nothing here is a sum, so that saying it twice changes nothing.
INSERT INTO runs (project, day, run_id, started_at, ended_at, last_seen, run_key, facts_first, status_last)
SELECT project, toDate(bearer.1), run_id, bearer.2, bearer.3, bearer.1, sipHash128(run_id),
  (began, -toInt64(newest), bearer.4, bearer.5, bearer.6, bearer.7, bearer.8, bearer.9),
  (began, newest, bearer.10)
FROM (
  SELECT project, run_id, trace_id, min(seen) AS began, max(fact_ver) AS newest,
    argMax((seen, started_at, started_at + toIntervalNanosecond(duration_ns), run_name, user_id, session_id, feature::String, source_id::String, run_tags, run_status::String), fact_ver) AS bearer
  FROM tasks FINAL
  WHERE visible
  GROUP BY project, run_id, trace_id
  HAVING newest > 0
)
SETTINGS max_partitions_per_insert_block = 0;

ALTER TABLE runs MATERIALIZE COLUMN run_key, MATERIALIZE COLUMN facts_first;

ALTER TABLE runs DROP COLUMN first_facts, DROP COLUMN last_status;

-- Words of texts, in small letters. Line breaks and tabs are two letters each in the JSON that senders give.
ALTER TABLE messages ADD INDEX ix_words lower(replaceAll(replaceAll(text, '\\n', ' '), '\\t', ' ')) TYPE text(tokenizer = 'splitByNonAlpha', posting_list_codec = 'bitpacking');

ALTER TABLE messages MATERIALIZE INDEX ix_words;

-- From a text to the tasks that sent or got it.
ALTER TABLE tasks
  ADD INDEX ix_inputs input_refs TYPE bloom_filter(0.01) GRANULARITY 1,
  ADD INDEX ix_outputs output_refs TYPE bloom_filter(0.01) GRANULARITY 1;

ALTER TABLE tasks MATERIALIZE INDEX ix_inputs, MATERIALIZE INDEX ix_outputs;

-- What runs has no end and no length yet.
DROP TABLE v_runs;

CREATE VIEW v_runs AS
SELECT
  r.project AS project,
  r.run_id AS run_id,
  coalesce(m.name, r.facts.name) AS name,
  if(r.facts.feature = '', 'custom', r.facts.feature) AS feature,
  r.facts.source_id AS source_id,
  multiIf(r.booked_status IN ('completed', 'failed', 'cancelled'), r.booked_status, r.last_news < now64(3) - toIntervalMinute(5), 'stalled', 'running') AS status,
  r.first_start AS started_at,
  if(status IN ('running', 'stalled'), NULL, r.last_end) AS ended_at,
  if(status IN ('running', 'stalled'), NULL, (toUnixTimestamp64Nano(r.last_end) - toUnixTimestamp64Nano(r.first_start)) / 1e6) AS duration_ms,
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
    min(facts_first) AS facts, max(status_last).status AS booked_status, groupUniqArrayArray(traces) AS all_traces,
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

DROP TABLE v_tasks;

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
  if(t.status = 'running', NULL, t.duration_ns / 1e6) AS duration_ms,
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
