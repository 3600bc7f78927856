-- Days of a user whose totals differ from a recount of the counted calls: booked minus counted, column by column.
SELECT project, concat(toString(r_day), ' ', r_user_id, ' ', r_feature, ' ', r_source_id, ' ', r_provider, ' ', r_model) AS key,
  sum(r_calls) AS calls, sum(r_failed_calls) AS failed_calls,
  sum(r_input_tokens) AS input_tokens, sum(r_output_tokens) AS output_tokens, sum(r_cache_read_tokens) AS cache_read_tokens,
  sum(r_cache_write_tokens) AS cache_write_tokens, sum(r_reasoning_tokens) AS reasoning_tokens,
  sum(r_cost) AS cost, sum(r_known_cost) AS known_cost, sum(r_unpriced) AS unpriced, sum(r_usage_unknown) AS usage_unknown
FROM (
  SELECT project, day AS r_day, user_id AS r_user_id, feature AS r_feature, source_id AS r_source_id, provider AS r_provider, model AS r_model,
    calls AS r_calls, failed_calls AS r_failed_calls,
    input_tokens AS r_input_tokens, output_tokens AS r_output_tokens, cache_read_tokens AS r_cache_read_tokens,
    cache_write_tokens AS r_cache_write_tokens, reasoning_tokens AS r_reasoning_tokens,
    cost AS r_cost, known_cost AS r_known_cost, unpriced AS r_unpriced, usage_unknown AS r_usage_unknown
  FROM usage_daily
  WHERE NOT has({gone:Array(String)}, concat(project, ' ', toString(month)))
  UNION ALL
  SELECT project, toDate(started_at), user_id, feature, source_id, provider, model,
    -1, -toInt64(status = 'failed'),
    -toInt64(input_tokens), -toInt64(output_tokens), -toInt64(cache_read_tokens), -toInt64(cache_write_tokens), -toInt64(reasoning_tokens),
    -toDecimal128(cost, 12), -toInt64(bitAnd(known, 96) != 0),
    -toInt64(bitAnd(known, 96) = 0 AND bitAnd(known, 3) != 0), -toInt64(bitAnd(known, 3) = 0)
  FROM tasks FINAL
  WHERE visible AND counted AND NOT has({gone:Array(String)}, concat(project, ' ', toString(toStartOfMonth(seen)::Date)))
)
GROUP BY project, r_day, r_user_id, r_feature, r_source_id, r_provider, r_model
HAVING calls != 0 OR failed_calls != 0
  OR input_tokens != 0 OR output_tokens != 0 OR cache_read_tokens != 0 OR cache_write_tokens != 0 OR reasoning_tokens != 0
  OR cost != 0 OR known_cost != 0 OR unpriced != 0 OR usage_unknown != 0
ORDER BY project, key
LIMIT 100
