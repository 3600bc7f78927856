-- Who is whose child in a run, and what failed: 33 bytes a task in two texts, in the order of start, which is all that a tree depends on.
-- Found by trace, which a span never changes; FINAL leaves the newest version, and only then the run is asked for.
SELECT base64Encode(arrayStringConcat(groupArray(node))) AS nodes, base64Encode(arrayStringConcat(groupArray(bad))) AS failures
FROM (
  SELECT
    concat(reverse(reinterpretAsFixedString(span_id)), reverse(reinterpretAsFixedString(parent_id)), reverse(reinterpretAsFixedString(trace_id))) AS node,
    char(toUInt8(status = 'failed')) AS bad
  FROM tasks FINAL
  WHERE project = {project:String}
    AND trace_id IN (SELECT reinterpretAsUInt128(reverse(unhex(arrayJoin({traces:Array(String)})))))
    AND seen >= {seenFrom:DateTime64(3, 'UTC')} AND seen <= {seenTo:DateTime64(3, 'UTC')}
    AND visible AND run_id = {run:String}
  ORDER BY started_at, trace_id, span_id
)
