-- Who is whose child in a run, and since when: enough to put its tasks in order.
-- Found by trace, which a span never changes; FINAL leaves the newest version, and only then the run is asked for.
SELECT leftPad(lower(hex(span_id)), 16, '0') AS span, leftPad(lower(hex(parent_id)), 16, '0') AS parent,
  leftPad(lower(hex(trace_id)), 32, '0') AS trace, started_at AS started
FROM tasks FINAL
WHERE project = {project:String}
  AND trace_id IN (SELECT reinterpretAsUInt128(reverse(unhex(arrayJoin({traces:Array(String)})))))
  AND seen >= {seenFrom:DateTime64(3, 'UTC')}
  AND visible AND run_id = {run:String}
ORDER BY started_at, trace_id, span_id
