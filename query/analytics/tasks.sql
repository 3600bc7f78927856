-- Usage of single tasks: for the ends of a range that are no whole hours, and for what the totals by hour do not know.
-- The same figures as the hourly totals are made of, column by column.
SELECT t.started_at AS at, {{key}} AS group_key,
  toInt64(1) AS n_tasks, toInt64(t.counted) AS n_calls, toInt64(t.status = 'failed') AS n_errors, toInt64(t.counted AND t.status = 'failed') AS n_failed_calls,
  toInt64(t.input_tokens * t.counted) AS n_input, toInt64(t.output_tokens * t.counted) AS n_output, toInt64(t.cache_read_tokens * t.counted) AS n_cache_read,
  toInt64(t.cache_write_tokens * t.counted) AS n_cache_write, toInt64(t.reasoning_tokens * t.counted) AS n_reasoning,
  toInt64(t.counted AND bitTest(t.known, 0)) AS n_known_input, toInt64(t.counted AND bitTest(t.known, 1)) AS n_known_output,
  toInt64(t.counted AND bitTest(t.known, 2)) AS n_known_cache_read, toInt64(t.counted AND bitTest(t.known, 3)) AS n_known_cache_write,
  toInt64(t.counted AND bitTest(t.known, 4)) AS n_known_reasoning,
  toDecimal128(t.cost, 12) * t.counted AS amount, toInt64(t.counted AND bitAnd(t.known, 96) != 0) AS n_known_cost,
  toInt64(t.counted AND bitAnd(t.known, 96) = 0 AND bitAnd(t.known, 3) != 0) AS n_unpriced, toInt64(t.counted AND bitAnd(t.known, 3) = 0) AS n_usage_unknown,
  map(toUInt16(log2(t.duration_ns + 1) * 35), toInt64(1)) AS task_histogram,
  if(t.fact_ver > 0, map(toUInt16(log2(t.duration_ns + 1) * 35), toInt64(1)), CAST(map(), 'Map(UInt16, Int64)')) AS run_histogram,
  if(t.ttft_ns > 0, map(toUInt16(log2(t.ttft_ns + 1) * 35), toInt64(1)), CAST(map(), 'Map(UInt16, Int64)')) AS ttft_histogram
FROM tasks AS t FINAL
{{join}}
WHERE t.project = {project:String} AND t.visible
  -- The hours of booking in which such tasks lie, superseded versions included: all versions of a task lie in one, and FINAL reads no other.
  AND toStartOfHour(t.seen) IN (
    SELECT DISTINCT toStartOfHour(seen) FROM tasks
    WHERE project = {project:String}
      AND ((started_at >= {from:DateTime64(9, 'UTC')} AND started_at < {coreFrom:DateTime64(9, 'UTC')})
        OR (started_at >= {coreTo:DateTime64(9, 'UTC')} AND started_at < {to:DateTime64(9, 'UTC')})))
  -- Two plain ranges and no NOT: the index on started_at then leaves everything between them unread.
  AND ((t.started_at >= {from:DateTime64(9, 'UTC')} AND t.started_at < {coreFrom:DateTime64(9, 'UTC')})
    OR (t.started_at >= {coreTo:DateTime64(9, 'UTC')} AND t.started_at < {to:DateTime64(9, 'UTC')}))
  AND {{where}}
