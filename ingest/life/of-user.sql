-- What names a user: runs that say so, or of which any task does; and traces without a run (run is empty) of which any span does. What a task
-- itself said and its trace did not is in `own` (settle/own.ts).
SELECT run, trace FROM (
  SELECT run_id AS run, '' AS trace FROM runs WHERE project = {project:String}
  GROUP BY run_id HAVING sum(tasks) > 0 AND min(facts_first).user_id = {user:String}
  UNION DISTINCT
  SELECT if(visible, run_id, '') AS run, if(visible, '', leftPad(lower(hex(trace_id)), 32, '0')) AS trace
  FROM tasks FINAL
  WHERE project = {project:String} AND not_counted != 'deleted'
    AND (user_id = {user:String} OR position(own, '{') > 0 AND JSONExtractString(substring(own, position(own, '{')), 'u') = {user:String})
)
ORDER BY run, trace
