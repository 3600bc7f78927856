-- Counted calls by user, for the whole days from coreFrom to coreTo. What the table does not carry is 0 here: only questions that need none of it read this.
SELECT toDateTime64(day, 9, 'UTC') AS at, {{key}} AS group_key,
  toInt64(0) AS n_tasks, calls AS n_calls, toInt64(0) AS n_errors, failed_calls AS n_failed_calls,
  input_tokens AS n_input, output_tokens AS n_output, cache_read_tokens AS n_cache_read,
  cache_write_tokens AS n_cache_write, reasoning_tokens AS n_reasoning,
  calls - usage_unknown AS n_known_input, calls - usage_unknown AS n_known_output, toInt64(0) AS n_known_cache_read,
  toInt64(0) AS n_known_cache_write, toInt64(0) AS n_known_reasoning,
  cost AS amount, known_cost AS n_known_cost, unpriced AS n_unpriced, usage_unknown AS n_usage_unknown,
  CAST(map(), 'Map(UInt16, Int64)') AS task_histogram, CAST(map(), 'Map(UInt16, Int64)') AS run_histogram,
  CAST(map(), 'Map(UInt16, Int64)') AS ttft_histogram
FROM usage_daily
WHERE project = {project:String} AND day >= toDate({coreFrom:DateTime64(9, 'UTC')}, 'UTC') AND day < toDate({coreTo:DateTime64(9, 'UTC')}, 'UTC') AND {{where}}
