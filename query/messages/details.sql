-- Messages that came as log records, by the span they belong to. Those of one instant are in the order they were sent in.
SELECT leftPad(lower(hex(span_id)), 16, '0') AS span, leftPad(lower(hex(trace_id)), 32, '0') AS trace, side, concat(toString(at), ' ', leftPad(toString(place), 10, '0')) AS logged, toString(hash) AS text_hash
FROM details FINAL
WHERE project = {project:String}
  AND side IN ('input', 'output')
  AND trace_id IN (SELECT reinterpretAsUInt128(reverse(unhex(arrayJoin({traces:Array(String)})))))
ORDER BY at, place
