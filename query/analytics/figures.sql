-- Usage by slot of time and by key: sums, and quantiles where they are asked for.
SELECT slot, label, tasks, calls, errors, failed_calls, input, output, cache_read, cache_write, reasoning,
  known_input, known_output, known_cache_read, known_cache_write, known_reasoning, cost, known_cost, unpriced, usage_unknown,
  {{quantiles}}
FROM (
  SELECT {{slot}} AS slot, {{group}} AS label,
    sum(n_tasks) AS tasks, sum(n_calls) AS calls, sum(n_errors) AS errors, sum(n_failed_calls) AS failed_calls,
    sum(n_input) AS input, sum(n_output) AS output, sum(n_cache_read) AS cache_read, sum(n_cache_write) AS cache_write, sum(n_reasoning) AS reasoning,
    sum(n_known_input) AS known_input, sum(n_known_output) AS known_output, sum(n_known_cache_read) AS known_cache_read,
    sum(n_known_cache_write) AS known_cache_write, sum(n_known_reasoning) AS known_reasoning,
    sum(amount) AS cost, sum(n_known_cost) AS known_cost, sum(n_unpriced) AS unpriced, sum(n_usage_unknown) AS usage_unknown,
    {{histograms}}
  FROM ({{usage}}) AS usage
  GROUP BY slot, label
  HAVING tasks != 0 OR calls != 0 OR errors != 0
  ORDER BY {{order}} DESC, calls DESC, tasks DESC, label
  LIMIT {rows:UInt32}
)
ORDER BY {{order}} DESC, calls DESC, tasks DESC, label
