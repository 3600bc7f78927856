-- The tasks of a run as its tree shows them: every column but text. Found by trace as in skeleton.sql.
SELECT {{columns}}
FROM tasks FINAL
WHERE project = {project:String}
  AND trace_id IN (SELECT reinterpretAsUInt128(reverse(unhex(arrayJoin({traces:Array(String)})))))
  AND seen >= {seenFrom:DateTime64(3, 'UTC')} AND seen <= {seenTo:DateTime64(3, 'UTC')}
  AND visible AND run_id = {run:String} AND {{which}}
ORDER BY started_at, trace_id, span_id
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
