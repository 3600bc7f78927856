-- Time and life: texts and details lie by month, so that retention drops whole partitions; what was asked to be deleted is remembered for ever.

RENAME TABLE IF EXISTS messages TO messages_kept;

DROP TABLE to_messages;

-- Each text once per project and month. month is that of the batch that brought it: a text used again in a later month is stored again there,
-- so no task refers to a text in a month before its own.
CREATE TABLE messages (
  project LowCardinality(String),
  hash UInt128 CODEC(ZSTD(1)),
  text String CODEC(ZSTD(3)),
  month Date
) ENGINE = ReplacingMergeTree
PARTITION BY month
ORDER BY (project, hash)
SETTINGS non_replicated_deduplication_window = 10000;

-- When a text from before this was first used is not known. The month of this step is never too early.
INSERT INTO messages SELECT project, hash, text, toStartOfMonth(now('UTC')) FROM messages_kept;

CREATE MATERIALIZED VIEW to_messages TO messages AS
SELECT project, h AS hash, t AS text, toStartOfMonth(seen)::Date AS month FROM inbox ARRAY JOIN text_hash AS h, text_body AS t;

DROP TABLE messages_kept;

RENAME TABLE IF EXISTS details TO details_kept;

DROP TABLE to_details;

-- Texts that belong to a span and stand in none of its columns. side: input and output are messages that came as log records, value is
-- an attribute, event or link too large for its row, superseded what only an earlier version of the span referred to.
-- place is the order of records of one instant. A record sent again, alone or among others, is the same row: the largest place stays.
CREATE TABLE details (
  project LowCardinality(String),
  trace_id UInt128 CODEC(ZSTD(1)),
  span_id UInt64,
  side LowCardinality(String),
  at DateTime64(9, 'UTC'),
  hash UInt128,
  seen DateTime64(3, 'UTC'),
  place UInt32,
  INDEX ix_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = ReplacingMergeTree(place)
PARTITION BY toYYYYMM(seen)
ORDER BY (project, trace_id, span_id, side, at, hash)
SETTINGS non_replicated_deduplication_window = 10000;

INSERT INTO details SELECT project, trace_id, span_id, side, at, hash, seen, 0 FROM details_kept SETTINGS max_partitions_per_insert_block = 0;

ALTER TABLE inbox ADD COLUMN detail_place Array(UInt64) AFTER detail_hash;

-- A batch that an earlier version journaled has no places.
CREATE MATERIALIZED VIEW to_details TO details AS
SELECT project, dt AS trace_id, ds AS span_id, dside AS side, da AS at, dh AS hash, seen, dp::UInt32 AS place
FROM inbox ARRAY JOIN detail_trace AS dt, detail_span AS ds, detail_side AS dside, detail_at AS da, detail_hash AS dh,
  arrayResize(detail_place, length(detail_trace)) AS dp;

DROP TABLE details_kept;

-- Traces that were deleted, for ever: what comes of them again is refused. run_id names the run of the trace that is gone; empty = all of it.
-- stage: 0 asked for, 1 out of the books, 2 being removed from disk, 3 gone. It only grows.
CREATE TABLE tombstones (
  project LowCardinality(String),
  trace_id UInt128,
  run_id String,
  asked_at DateTime64(3, 'UTC'),
  stage UInt8
) ENGINE = ReplacingMergeTree(stage)
ORDER BY (project, trace_id, run_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- While deleted rows are removed from disk: the texts they referred to. sweep 0: a candidate; else the sweep that found no other user of it.
CREATE TABLE loose_texts (
  project LowCardinality(String),
  hash UInt128,
  sweep UInt64
) ENGINE = ReplacingMergeTree
ORDER BY (project, hash, sweep)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The same for runs of which nothing is left.
CREATE TABLE loose_runs (
  project LowCardinality(String),
  run_id String
) ENGINE = ReplacingMergeTree
ORDER BY (project, run_id);

-- Days to keep, by project, where they differ from the server's. NULL = for ever.
CREATE TABLE retention (
  project LowCardinality(String),
  payload_days Nullable(UInt32),
  totals_days Nullable(UInt32),
  ver UInt64
) ENGINE = ReplacingMergeTree(ver)
ORDER BY project;

-- Months that retention removed, written before it does. what: payload or totals.
CREATE TABLE retention_log (
  project LowCardinality(String),
  month Date,
  what LowCardinality(String),
  at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(at)
ORDER BY (project, month, what)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE projects MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
