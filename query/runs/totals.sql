-- A run as one row, over the days that were asked for. No name made here is a column of `runs`: ClickHouse would read the alias in WHERE.
-- The parameter `running` holds the runs that a live signal says are still going, whatever is booked of them so far.
SELECT
  run_id AS id,
  min(day) AS first_day,
  min(started_at) AS first_start,
  max(ended_at) AS last_end,
  max(last_seen) AS last_news,
  groupUniqArrayArray(traces) AS all_traces,
  max(messages) AS longest_conversation,
  min(facts_first) AS facts,
  -- Who does not say which feature was used made one of their own.
  if(facts.feature = '', 'custom', facts.feature) AS feature_name,
  -- The largest status_last in one number, which is many times faster than the largest tuple: time, version and, of two at once, the later in the alphabet.
  max(if(status_last.ver = 0, 0, bitShiftLeft(toUInt64(toUnixTimestamp64Milli(status_last.at)), 22) + bitShiftLeft(toUInt64(least(status_last.ver, 1048575)), 2)
    + toUInt64(greatest(indexOf(['cancelled', 'completed', 'failed', 'running'], status_last.status), 1) - 1))) AS newest_status,
  if(newest_status = 0, '', ['cancelled', 'completed', 'failed', 'running'][newest_status % 4 + 1]) AS booked_status,
  multiIf(
    has({running:Array(String)}, run_id), 'running',
    booked_status IN ('completed', 'failed', 'cancelled'), booked_status,
    last_news < {stalledBefore:DateTime64(3, 'UTC')}, 'stalled',
    'running') AS current_status,
  -- Nanoseconds from first start to last end, or until now while it runs: what is shown, sorted and filtered by.
  greatest(if(current_status = 'running', {now:Int64}, toUnixTimestamp64Nano(last_end)) - toUnixTimestamp64Nano(first_start), 0) AS took,
  sum(tasks) AS n_tasks,
  sum(llm_calls) AS n_llm,
  sum(embedding_calls) AS n_embedding,
  sum(tool_calls) AS n_tool,
  sum(retrieval_calls) AS n_retrieval,
  sum(errors) AS n_errors,
  sum(failed_calls) AS n_failed_calls,
  sum(input_tokens) AS sum_input,
  sum(output_tokens) AS sum_output,
  sum(cache_read_tokens) AS sum_cache_read,
  sum(cache_write_tokens) AS sum_cache_write,
  sum(reasoning_tokens) AS sum_reasoning,
  sum(known_input) AS n_known_input,
  sum(known_output) AS n_known_output,
  sum(known_cache_read) AS n_known_cache_read,
  sum(known_cache_write) AS n_known_cache_write,
  sum(known_reasoning) AS n_known_reasoning,
  sum(cost) AS sum_cost,
  sum(known_cost) AS n_known_cost,
  sum(unpriced) AS n_unpriced,
  sum(usage_unknown) AS n_usage_unknown,
  multiIf(n_unpriced + n_usage_unknown = 0, 'known', n_known_cost > 0, 'partly unknown', 'unknown') AS cost_known,
  sumMap(models) AS calls_by_model,
  sumMap(providers) AS calls_by_provider
FROM runs
WHERE project = {project:String} AND {{rows}}
GROUP BY run_id
