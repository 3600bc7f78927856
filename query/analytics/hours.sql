-- Usage by the hour of start, for the whole hours from coreFrom to coreTo. No name made here is a column of the table.
SELECT toDateTime64(hour, 9, 'UTC') AS at, {{key}} AS group_key,
  tasks AS n_tasks, calls AS n_calls, errors AS n_errors, failed_calls AS n_failed_calls,
  input_tokens AS n_input, output_tokens AS n_output, cache_read_tokens AS n_cache_read,
  cache_write_tokens AS n_cache_write, reasoning_tokens AS n_reasoning,
  known_input AS n_known_input, known_output AS n_known_output, known_cache_read AS n_known_cache_read,
  known_cache_write AS n_known_cache_write, known_reasoning AS n_known_reasoning,
  cost AS amount, known_cost AS n_known_cost, unpriced AS n_unpriced, usage_unknown AS n_usage_unknown,
  latency AS task_histogram, run_latency AS run_histogram, ttft AS ttft_histogram
FROM usage_hourly
WHERE project = {project:String} AND hour >= toDateTime({coreFrom:DateTime64(9, 'UTC')}, 'UTC') AND hour < toDateTime({coreTo:DateTime64(9, 'UTC')}, 'UTC') AND {{where}}
