-- The run that the spans of a trace are booked to now. An older version may name another run, so only the newest counts (FINAL).
SELECT run_id AS id
FROM tasks FINAL
WHERE project = {project:String} AND trace_id = reinterpretAsUInt128(reverse(unhex({trace:String}))) AND visible
ORDER BY started_at, span_id
LIMIT 1
