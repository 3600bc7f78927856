-- Runs of which nothing is left, with their names and users: also those that a deleted trace was booked to before it named its run. Of a run that was
-- deleted nothing is left but what retention had made final before.
INSERT INTO loose_runs
SELECT project, run_id FROM runs
WHERE (project, run_id) IN (
  SELECT project, run_id FROM runs ARRAY JOIN traces AS trace
  WHERE (project, trace) IN (SELECT project, trace_id FROM tombstones GROUP BY project, trace_id, run_id HAVING max(stage) = 2)
)
GROUP BY project, run_id
HAVING sum(tasks) = 0
  OR (project, run_id) IN (SELECT project, run_id FROM run_marks FINAL WHERE deleted)
  AND sumIf(tasks, (project, toStartOfMonth(day)) NOT IN (SELECT project, month FROM retention_log WHERE what = 'payload')) = 0
