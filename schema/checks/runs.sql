-- Runs whose totals differ from a recount of their tasks: booked minus counted, column by column.
SELECT project, run_id AS key,
  sum(r_tasks) AS tasks, sum(r_llm_calls) AS llm_calls, sum(r_embedding_calls) AS embedding_calls, sum(r_tool_calls) AS tool_calls,
  sum(r_retrieval_calls) AS retrieval_calls, sum(r_errors) AS errors, sum(r_failed_calls) AS failed_calls,
  sum(r_input_tokens) AS input_tokens, sum(r_output_tokens) AS output_tokens, sum(r_cache_read_tokens) AS cache_read_tokens,
  sum(r_cache_write_tokens) AS cache_write_tokens, sum(r_reasoning_tokens) AS reasoning_tokens,
  sum(r_known_input) AS known_input, sum(r_known_output) AS known_output, sum(r_known_cache_read) AS known_cache_read,
  sum(r_known_cache_write) AS known_cache_write, sum(r_known_reasoning) AS known_reasoning,
  sum(r_cost) AS cost, sum(r_known_cost) AS known_cost, sum(r_unpriced) AS unpriced, sum(r_usage_unknown) AS usage_unknown
FROM (
  SELECT project, run_id,
    tasks AS r_tasks, llm_calls AS r_llm_calls, embedding_calls AS r_embedding_calls, tool_calls AS r_tool_calls,
    retrieval_calls AS r_retrieval_calls, errors AS r_errors, failed_calls AS r_failed_calls,
    input_tokens AS r_input_tokens, output_tokens AS r_output_tokens, cache_read_tokens AS r_cache_read_tokens,
    cache_write_tokens AS r_cache_write_tokens, reasoning_tokens AS r_reasoning_tokens,
    known_input AS r_known_input, known_output AS r_known_output, known_cache_read AS r_known_cache_read,
    known_cache_write AS r_known_cache_write, known_reasoning AS r_known_reasoning,
    cost AS r_cost, known_cost AS r_known_cost, unpriced AS r_unpriced, usage_unknown AS r_usage_unknown
  FROM runs
  WHERE NOT has({gone:Array(String)}, concat(project, ' ', toString(toStartOfMonth(day))))
  UNION ALL
  SELECT project, run_id,
    -1, -toInt64(counted AND kind = 'llm'), -toInt64(counted AND kind = 'embedding'), -toInt64(kind = 'tool'),
    -toInt64(kind = 'retrieval'), -toInt64(status = 'failed'), -toInt64(counted AND status = 'failed'),
    -toInt64(input_tokens * counted), -toInt64(output_tokens * counted), -toInt64(cache_read_tokens * counted),
    -toInt64(cache_write_tokens * counted), -toInt64(reasoning_tokens * counted),
    -toInt64(counted AND bitTest(known, 0)), -toInt64(counted AND bitTest(known, 1)), -toInt64(counted AND bitTest(known, 2)),
    -toInt64(counted AND bitTest(known, 3)), -toInt64(counted AND bitTest(known, 4)),
    -toDecimal128(cost, 12) * counted, -toInt64(counted AND bitAnd(known, 96) != 0),
    -toInt64(counted AND bitAnd(known, 96) = 0 AND bitAnd(known, 3) != 0), -toInt64(counted AND bitAnd(known, 3) = 0)
  FROM tasks FINAL
  WHERE visible AND NOT has({gone:Array(String)}, concat(project, ' ', toString(toStartOfMonth(seen)::Date)))
)
GROUP BY project, key
HAVING tasks != 0 OR llm_calls != 0 OR embedding_calls != 0 OR tool_calls != 0 OR retrieval_calls != 0 OR errors != 0 OR failed_calls != 0
  OR input_tokens != 0 OR output_tokens != 0 OR cache_read_tokens != 0 OR cache_write_tokens != 0 OR reasoning_tokens != 0
  OR known_input != 0 OR known_output != 0 OR known_cache_read != 0 OR known_cache_write != 0 OR known_reasoning != 0
  OR cost != 0 OR known_cost != 0 OR unpriced != 0 OR usage_unknown != 0
ORDER BY project, key
LIMIT 100
