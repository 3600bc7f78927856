-- The traces of these runs of which no task is kept any more and that are not deleted yet, and whether they are those of other runs, too.
SELECT leftPad(lower(hex(t)), 32, '0') AS trace, groupUniqArrayIf(r.run_id, r.run_id IN {runs:Array(String)}) AS runs,
  countIf(r.run_id NOT IN {runs:Array(String)}) > 0 AS shared
FROM runs AS r ARRAY JOIN r.traces AS t
WHERE r.project = {project:String}
  AND t IN (
    SELECT arrayJoin(booked) FROM (
      SELECT groupUniqArrayArray(traces) AS booked FROM runs
      WHERE project = {project:String} AND run_id IN {runs:Array(String)}
      GROUP BY run_id HAVING sum(tasks) > 0
    )
  )
  AND t NOT IN (
    SELECT trace_id FROM tasks WHERE project = {project:String}
      AND trace_id IN (SELECT arrayJoin(traces) FROM runs WHERE project = {project:String} AND run_id IN {runs:Array(String)})
  )
  AND t NOT IN (SELECT trace_id FROM tombstones WHERE project = {project:String} AND (run_id = '' OR run_id IN {runs:Array(String)}))
GROUP BY t
ORDER BY t
