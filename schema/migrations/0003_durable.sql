-- What users write here is in no journal and cannot be recounted: it is on disk before it is said to be.
ALTER TABLE run_marks MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE prices MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE projects MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE api_keys MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;

-- Traces of a batch that no target could book (trace_id 0: the cargo of a signal). The batch itself is kept beside the journal.
CREATE TABLE set_aside (
  project LowCardinality(String),
  token String,
  trace_id UInt128,
  spans UInt64,
  reason String,
  at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(at)
ORDER BY (project, token, trace_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
