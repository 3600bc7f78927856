-- Runs of which nothing is left, with their names and users: also those that a deleted trace was booked to before it named its run.
INSERT INTO loose_runs
SELECT project, run_id FROM runs
WHERE (project, run_id) IN (
  SELECT project, run_id FROM runs ARRAY JOIN traces AS trace
  WHERE (project, trace) IN (SELECT project, trace_id FROM tombstones GROUP BY project, trace_id, run_id HAVING max(stage) = 2)
)
GROUP BY project, run_id HAVING sum(tasks) = 0
