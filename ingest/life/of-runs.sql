-- The traces that have tasks of these runs, and whether they have tasks of other runs, too. Newest versions only: an older one may name another run.
SELECT leftPad(lower(hex(trace_id)), 32, '0') AS trace, groupUniqArrayIf(run_id, run_id IN {runs:Array(String)}) AS runs,
  countIf(run_id NOT IN {runs:Array(String)}) > 0 AS shared
FROM tasks FINAL
WHERE project = {project:String}
  AND trace_id IN (SELECT arrayJoin(traces) FROM runs WHERE project = {project:String} AND run_id IN {runs:Array(String)})
  AND not_counted != 'deleted'
GROUP BY trace_id
HAVING length(runs) > 0
ORDER BY trace
