-- Whole-life totals of the named runs with what their user did to them.
SELECT
  id, first_day, first_start, last_end, took, last_news, current_status, booked_status, facts, longest_conversation, n_tasks,
  arrayMap(t -> leftPad(lower(hex(t)), 32, '0'), all_traces) AS trace_ids,
  n_llm, n_embedding, n_tool, n_retrieval, n_errors, n_failed_calls,
  sum_input AS input, sum_output AS output, sum_cache_read AS cache_read, sum_cache_write AS cache_write, sum_reasoning AS reasoning,
  n_known_input AS known_input, n_known_output AS known_output, n_known_cache_read AS known_cache_read,
  n_known_cache_write AS known_cache_write, n_known_reasoning AS known_reasoning,
  sum_cost, n_known_cost, n_unpriced, n_usage_unknown, calls_by_model, calls_by_provider,
  mark.starred AS starred, mark.archived AS archived, mark.deleted AS deleted, mark.name AS new_name, mark.tags AS new_tags
FROM ({{totals}}) AS run
LEFT JOIN (
  SELECT run_id, starred, archived, deleted, name, tags FROM run_marks FINAL
  WHERE project = {project:String} AND run_id IN {ids:Array(String)}
) AS mark ON mark.run_id = run.id
