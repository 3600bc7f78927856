-- The ledger. Everything booked enters through `inbox` and is fanned out by views; nothing else writes to the targets.
-- A row of `inbox` is an entry: sign +1 books a version of a span, -1 takes the earlier version back (it repeats that version's
-- columns exactly), 0 carries only side cargo (texts, details, counts of the balance). Every aggregate is a sum of sign * value,
-- so a correction leaves it exact. Every target has a dedup window, because a target without one counts twice on each retry.

CREATE TABLE inbox (
  sign Int8,
  project LowCardinality(String),
  run_id String,
  trace_id UInt128,
  span_id UInt64,
  parent_id UInt64,
  -- When the span was first booked; every later version carries it over, so a span never changes key or partition.
  seen DateTime64(3, 'UTC'),
  -- When the first span of its trace was: the facts of a run are ordered by it, since the row that bears them may be booked last.
  trace_seen DateTime64(3, 'UTC') DEFAULT seen,
  ver UInt32,
  -- 0 while the trace has no AI span: kept, but not a run yet.
  visible UInt8,
  counted UInt8,
  not_counted LowCardinality(String),
  kind LowCardinality(String),
  status LowCardinality(String),
  name LowCardinality(String),
  error_type LowCardinality(String),
  error_message String,
  provider LowCardinality(String),
  model LowCardinality(String),
  request_model LowCardinality(String),
  feature LowCardinality(String),
  source_id LowCardinality(String),
  user_id String,
  session_id String,
  started_at DateTime64(9, 'UTC'),
  duration_ns UInt64,
  -- 0 = unknown.
  ttft_ns UInt64,
  -- Bits: 1 input, 2 output, 4 cache read, 8 cache write, 16 reasoning, 32 reported cost, 64 priced cost. A bit not set means unknown, never zero.
  known UInt8,
  input_tokens UInt64,
  output_tokens UInt64,
  cache_read_tokens UInt64,
  cache_write_tokens UInt64,
  reasoning_tokens UInt64,
  -- cost is the amount booked: the reported one where there is one, else the priced one. US dollars, whole pico-dollars.
  cost Decimal(18, 12),
  reported_cost Decimal(18, 12),
  priced_cost Decimal(18, 12),
  price_id LowCardinality(String),
  -- Bits: 1 time out of range, 2 text truncated, 4 attributes dropped, 8 usage aggregated by the sender, 16 value out of range, 32 orphan, 64 cycle cut,
  -- 128 an agent being created, 256 no usable time.
  flags UInt16,
  response_id String,
  -- Facts of the run as this trace knows them, on one row of the trace (the bearer). fact_ver 0: not the bearer.
  fact_ver UInt32,
  run_name String,
  run_status LowCardinality(String),
  run_tags Array(String),
  -- What settle needs to resolve the trace again and no other column says: the span's own run, user, session, feature, names. JSON or empty.
  own String,
  -- Winner among versions of one span: more attributes and events, then the larger content hash (after has-end and end time).
  weight UInt32,
  content_hash UInt64,
  input_refs Array(UInt128),
  output_refs Array(UInt128),
  -- Resource and scope of the sender, as a text of its own.
  context_ref UInt128,
  attributes Map(LowCardinality(String), String),
  events String,
  links String,
  -- Cargo: texts not yet stored (by content hash).
  text_hash Array(UInt128),
  text_body Array(String),
  -- Cargo: log records that belong to a span, joined to it by id when read; side is input or output.
  detail_trace Array(UInt128),
  detail_span Array(UInt64),
  detail_at Array(DateTime64(9, 'UTC')),
  detail_side Array(String),
  detail_hash Array(UInt128),
  -- Cargo: the balance of the requests in this batch. received = booked + duplicate + rejected.
  log_signal LowCardinality(String),
  log_received UInt32,
  log_booked UInt32,
  log_duplicate UInt32,
  log_rejected UInt32,
  log_reasons Map(String, Int64)
) ENGINE = Null;

CREATE TABLE tasks (
  project LowCardinality(String),
  run_id String CODEC(ZSTD(1)),
  trace_id UInt128 CODEC(ZSTD(1)),
  span_id UInt64,
  parent_id UInt64 CODEC(ZSTD(1)),
  seen DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  ver UInt32 CODEC(T64, ZSTD(1)),
  visible UInt8,
  counted UInt8,
  not_counted LowCardinality(String),
  kind LowCardinality(String),
  status LowCardinality(String),
  name LowCardinality(String),
  error_type LowCardinality(String),
  error_message String CODEC(ZSTD(1)),
  provider LowCardinality(String),
  model LowCardinality(String),
  request_model LowCardinality(String),
  feature LowCardinality(String),
  source_id LowCardinality(String),
  user_id String CODEC(ZSTD(1)),
  session_id String CODEC(ZSTD(1)),
  started_at DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
  duration_ns UInt64 CODEC(T64, ZSTD(1)),
  ttft_ns UInt64 CODEC(T64, ZSTD(1)),
  known UInt8,
  input_tokens UInt64 CODEC(T64, ZSTD(1)),
  output_tokens UInt64 CODEC(T64, ZSTD(1)),
  cache_read_tokens UInt64 CODEC(T64, ZSTD(1)),
  cache_write_tokens UInt64 CODEC(T64, ZSTD(1)),
  reasoning_tokens UInt64 CODEC(T64, ZSTD(1)),
  cost Decimal(18, 12) CODEC(T64, ZSTD(1)),
  reported_cost Decimal(18, 12) CODEC(T64, ZSTD(1)),
  priced_cost Decimal(18, 12) CODEC(T64, ZSTD(1)),
  price_id LowCardinality(String),
  flags UInt16 CODEC(T64, ZSTD(1)),
  response_id String CODEC(ZSTD(1)),
  fact_ver UInt32 CODEC(T64, ZSTD(1)),
  run_name String CODEC(ZSTD(1)),
  run_status LowCardinality(String),
  run_tags Array(String) CODEC(ZSTD(1)),
  own String CODEC(ZSTD(1)),
  weight UInt32 CODEC(T64, ZSTD(1)),
  content_hash UInt64,
  input_refs Array(UInt128) CODEC(ZSTD(1)),
  output_refs Array(UInt128) CODEC(ZSTD(1)),
  context_ref UInt128 CODEC(ZSTD(1)),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  events String CODEC(ZSTD(1)),
  links String CODEC(ZSTD(1)),
  INDEX ix_run run_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX ix_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
  -- Rows lie in order of arrival, and most spans arrive when they happen: a short range reads few granules.
  INDEX ix_started started_at TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(ver)
PARTITION BY toYYYYMM(seen)
ORDER BY (project, toStartOfHour(seen), trace_id, span_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW to_tasks TO tasks AS
SELECT project, run_id, trace_id, span_id, parent_id, seen, ver, visible, counted, not_counted, kind, status, name, error_type, error_message,
  provider, model, request_model, feature, source_id, user_id, session_id, started_at, duration_ns, ttft_ns, known,
  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost, reported_cost, priced_cost, price_id,
  flags, response_id, fact_ver, run_name, run_status, run_tags, own, weight, content_hash, input_refs, output_refs, context_ref, attributes, events, links
FROM inbox WHERE sign = 1;

-- Totals per run and day of first booking. A run has one row a day at most after merges: always GROUP BY run_id, and only HAVING sum(tasks) > 0 exists.
CREATE TABLE runs (
  project LowCardinality(String),
  day Date,
  run_id String,
  -- Idempotent, not subtractable: first and last times, the traces ever booked here, the longest conversation.
  started_at SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
  ended_at SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
  last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  traces SimpleAggregateFunction(groupUniqArrayArray, Array(UInt128)),
  messages SimpleAggregateFunction(max, UInt32),
  -- Facts: of the trace seen first (name, user, session, feature, source, tags) and of the trace seen last (status).
  first_facts AggregateFunction(argMin, Tuple(name String, user_id String, session_id String, feature String, source_id String, tags Array(String)), Tuple(DateTime64(3, 'UTC'), Int64)),
  last_status AggregateFunction(argMax, String, Tuple(DateTime64(3, 'UTC'), UInt32)),
  -- Sums.
  tasks SimpleAggregateFunction(sum, Int64),
  llm_calls SimpleAggregateFunction(sum, Int64),
  embedding_calls SimpleAggregateFunction(sum, Int64),
  tool_calls SimpleAggregateFunction(sum, Int64),
  retrieval_calls SimpleAggregateFunction(sum, Int64),
  errors SimpleAggregateFunction(sum, Int64),
  failed_calls SimpleAggregateFunction(sum, Int64),
  input_tokens SimpleAggregateFunction(sum, Int64),
  output_tokens SimpleAggregateFunction(sum, Int64),
  cache_read_tokens SimpleAggregateFunction(sum, Int64),
  cache_write_tokens SimpleAggregateFunction(sum, Int64),
  reasoning_tokens SimpleAggregateFunction(sum, Int64),
  -- Counted calls that reported the figure: a total is unknown (null) where this is 0.
  known_input SimpleAggregateFunction(sum, Int64),
  known_output SimpleAggregateFunction(sum, Int64),
  known_cache_read SimpleAggregateFunction(sum, Int64),
  known_cache_write SimpleAggregateFunction(sum, Int64),
  known_reasoning SimpleAggregateFunction(sum, Int64),
  cost SimpleAggregateFunction(sum, Decimal(38, 12)),
  known_cost SimpleAggregateFunction(sum, Int64),
  unpriced SimpleAggregateFunction(sum, Int64),
  usage_unknown SimpleAggregateFunction(sum, Int64),
  -- Counted calls by model and by provider.
  models SimpleAggregateFunction(sumMap, Map(String, Int64)),
  providers SimpleAggregateFunction(sumMap, Map(String, Int64)),
  INDEX ix_run run_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX ix_started started_at TYPE minmax GRANULARITY 1
) ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (project, day, run_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW to_runs TO runs AS
SELECT i.project AS project, toDate(i.seen) AS day, i.run_id AS run_id,
  min(i.started_at) AS started_at,
  max(i.started_at + toIntervalNanosecond(i.duration_ns)) AS ended_at,
  max(i.seen) AS last_seen,
  groupUniqArray(i.trace_id) AS traces,
  max(if(i.kind = 'llm', length(i.input_refs) + length(i.output_refs), 0))::UInt32 AS messages,
  argMinStateIf((i.run_name, i.user_id, i.session_id, i.feature::String, i.source_id::String, i.run_tags)::Tuple(name String, user_id String, session_id String, feature String, source_id String, tags Array(String)), (i.trace_seen, -toInt64(i.fact_ver)), i.sign = 1 AND i.fact_ver > 0) AS first_facts,
  argMaxStateIf(i.run_status::String, (i.trace_seen, i.fact_ver), i.sign = 1 AND i.fact_ver > 0) AS last_status,
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
  sumMapIf(map(i.provider::String, i.sign::Int64), i.counted AND i.provider != '') AS providers
FROM inbox AS i WHERE i.sign != 0 AND i.visible
GROUP BY project, day, run_id;

-- AggregatingMergeTree and not SummingMergeTree, here and wherever a map is summed: that one does not add maps up when it merges, and drops a
-- row whose plain sums are zero although its histogram is not (a correction that only moved a task to another bucket).
-- month is that of first booking: retention drops whole partitions, and no sender's clock can make a new one.
CREATE TABLE usage_hourly (
  project LowCardinality(String),
  month Date,
  hour DateTime('UTC'),
  feature LowCardinality(String),
  source_id LowCardinality(String),
  kind LowCardinality(String),
  provider LowCardinality(String),
  model LowCardinality(String),
  price_id LowCardinality(String),
  tasks SimpleAggregateFunction(sum, Int64),
  calls SimpleAggregateFunction(sum, Int64),
  errors SimpleAggregateFunction(sum, Int64),
  failed_calls SimpleAggregateFunction(sum, Int64),
  input_tokens SimpleAggregateFunction(sum, Int64),
  output_tokens SimpleAggregateFunction(sum, Int64),
  cache_read_tokens SimpleAggregateFunction(sum, Int64),
  cache_write_tokens SimpleAggregateFunction(sum, Int64),
  reasoning_tokens SimpleAggregateFunction(sum, Int64),
  known_input SimpleAggregateFunction(sum, Int64),
  known_output SimpleAggregateFunction(sum, Int64),
  known_cache_read SimpleAggregateFunction(sum, Int64),
  known_cache_write SimpleAggregateFunction(sum, Int64),
  known_reasoning SimpleAggregateFunction(sum, Int64),
  cost SimpleAggregateFunction(sum, Decimal(38, 12)),
  known_cost SimpleAggregateFunction(sum, Int64),
  unpriced SimpleAggregateFunction(sum, Int64),
  usage_unknown SimpleAggregateFunction(sum, Int64),
  -- Signed log2 histograms, 35 buckets an octave (2 % wide): of every task, of the time to first token, and of whole runs (rows that bear the run's facts).
  latency SimpleAggregateFunction(sumMap, Map(UInt16, Int64)),
  ttft SimpleAggregateFunction(sumMap, Map(UInt16, Int64)),
  run_latency SimpleAggregateFunction(sumMap, Map(UInt16, Int64))
) ENGINE = AggregatingMergeTree
PARTITION BY month
ORDER BY (project, hour, feature, source_id, kind, provider, model, price_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW to_usage_hourly TO usage_hourly AS
SELECT i.project AS project, toStartOfMonth(i.seen)::Date AS month, toStartOfHour(i.started_at)::DateTime('UTC') AS hour,
  i.feature AS feature, i.source_id AS source_id, i.kind AS kind, i.provider AS provider, i.model AS model, i.price_id AS price_id,
  sum(i.sign)::Int64 AS tasks,
  sum(i.sign * i.counted)::Int64 AS calls,
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
  sumMap(map(toUInt16(log2(i.duration_ns + 1) * 35), i.sign::Int64)) AS latency,
  sumMapIf(map(toUInt16(log2(i.ttft_ns + 1) * 35), i.sign::Int64), i.ttft_ns > 0) AS ttft,
  sumMapIf(map(toUInt16(log2(i.duration_ns + 1) * 35), i.sign::Int64), i.fact_ver > 0) AS run_latency
FROM inbox AS i WHERE i.sign != 0 AND i.visible
GROUP BY project, month, hour, feature, source_id, kind, provider, model, price_id;

-- Counted calls by user and day.
CREATE TABLE usage_daily (
  project LowCardinality(String),
  month Date,
  day Date,
  user_id String CODEC(ZSTD(1)),
  feature LowCardinality(String),
  source_id LowCardinality(String),
  provider LowCardinality(String),
  model LowCardinality(String),
  calls Int64,
  failed_calls Int64,
  input_tokens Int64,
  output_tokens Int64,
  cache_read_tokens Int64,
  cache_write_tokens Int64,
  reasoning_tokens Int64,
  cost Decimal(38, 12),
  known_cost Int64,
  unpriced Int64,
  usage_unknown Int64
) ENGINE = SummingMergeTree
PARTITION BY month
ORDER BY (project, day, user_id, feature, source_id, provider, model)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW to_usage_daily TO usage_daily AS
SELECT i.project AS project, toStartOfMonth(i.seen)::Date AS month, toDate(i.started_at) AS day, i.user_id AS user_id, i.feature AS feature,
  i.source_id AS source_id, i.provider AS provider, i.model AS model,
  sum(i.sign)::Int64 AS calls,
  sum(i.sign * (i.status = 'failed'))::Int64 AS failed_calls,
  sum(i.sign * toInt64(i.input_tokens))::Int64 AS input_tokens,
  sum(i.sign * toInt64(i.output_tokens))::Int64 AS output_tokens,
  sum(i.sign * toInt64(i.cache_read_tokens))::Int64 AS cache_read_tokens,
  sum(i.sign * toInt64(i.cache_write_tokens))::Int64 AS cache_write_tokens,
  sum(i.sign * toInt64(i.reasoning_tokens))::Int64 AS reasoning_tokens,
  sum(i.cost * i.sign) AS cost,
  sum(i.sign * (bitAnd(i.known, 96) != 0))::Int64 AS known_cost,
  sum(i.sign * (bitAnd(i.known, 96) = 0 AND bitAnd(i.known, 3) != 0))::Int64 AS unpriced,
  sum(i.sign * (bitAnd(i.known, 3) = 0))::Int64 AS usage_unknown
FROM inbox AS i WHERE i.sign != 0 AND i.visible AND i.counted
GROUP BY project, month, day, user_id, feature, source_id, provider, model;

-- Each text once per project. A repeat is harmless.
CREATE TABLE messages (
  project LowCardinality(String),
  hash UInt128 CODEC(ZSTD(1)),
  text String CODEC(ZSTD(3))
) ENGINE = ReplacingMergeTree
ORDER BY (project, hash)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW to_messages TO messages AS
SELECT project, h AS hash, t AS text FROM inbox ARRAY JOIN text_hash AS h, text_body AS t;

-- Messages that came as log records. Joined to their span when read, so neither has to wait for the other.
CREATE TABLE details (
  project LowCardinality(String),
  trace_id UInt128 CODEC(ZSTD(1)),
  span_id UInt64,
  side LowCardinality(String),
  at DateTime64(9, 'UTC'),
  hash UInt128,
  seen DateTime64(3, 'UTC'),
  INDEX ix_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = ReplacingMergeTree
ORDER BY (project, trace_id, span_id, side, at, hash)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW to_details TO details AS
SELECT project, dt AS trace_id, ds AS span_id, dside AS side, da AS at, dh AS hash, seen
FROM inbox ARRAY JOIN detail_trace AS dt, detail_span AS ds, detail_side AS dside, detail_at AS da, detail_hash AS dh;

-- The balance, booked in the same batch as the spans it speaks of.
CREATE TABLE ingest_log (
  project LowCardinality(String),
  minute DateTime('UTC'),
  signal LowCardinality(String),
  received SimpleAggregateFunction(sum, Int64),
  booked SimpleAggregateFunction(sum, Int64),
  duplicate SimpleAggregateFunction(sum, Int64),
  rejected SimpleAggregateFunction(sum, Int64),
  reasons SimpleAggregateFunction(sumMap, Map(String, Int64))
) ENGINE = AggregatingMergeTree
ORDER BY (project, minute, signal)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW to_ingest_log TO ingest_log AS
SELECT i.project AS project, toStartOfMinute(i.seen)::DateTime('UTC') AS minute, i.log_signal AS signal, sum(i.log_received)::Int64 AS received, sum(i.log_booked)::Int64 AS booked,
  sum(i.log_duplicate)::Int64 AS duplicate, sum(i.log_rejected)::Int64 AS rejected, sumMap(i.log_reasons) AS reasons
FROM inbox AS i WHERE i.log_received > 0
GROUP BY project, minute, signal;

-- What a user did with a run, apart from what the run did.
CREATE TABLE run_marks (
  project LowCardinality(String),
  run_id String,
  starred UInt8,
  archived UInt8,
  deleted UInt8,
  name Nullable(String),
  tags Nullable(String),
  ver UInt64
) ENGINE = ReplacingMergeTree(ver)
ORDER BY (project, run_id);

-- The rates behind every price_id that was ever booked: pico-dollars per token, null where the list names none.
CREATE TABLE prices (
  price_id String,
  provider LowCardinality(String),
  model String,
  valid_from Nullable(DateTime64(3, 'UTC')),
  source String,
  rates String,
  added_at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(added_at)
ORDER BY price_id;

CREATE TABLE projects (
  id String,
  name String,
  created_at DateTime64(3, 'UTC'),
  deleted UInt8
) ENGINE = ReplacingMergeTree(created_at)
ORDER BY id;

CREATE TABLE api_keys (
  id String,
  project String,
  name String,
  secret_hash String,
  scope LowCardinality(String),
  created_at DateTime64(3, 'UTC'),
  revoked_at Nullable(DateTime64(3, 'UTC')),
  ver UInt64
) ENGINE = ReplacingMergeTree(ver)
ORDER BY id;
