-- Messages that came as log records, by the span they belong to.
SELECT leftPad(lower(hex(span_id)), 16, '0') AS span, leftPad(lower(hex(trace_id)), 32, '0') AS trace, side, toString(at) AS logged, toString(hash) AS text_hash
FROM details FINAL
WHERE project = {project:String}
  AND trace_id IN (SELECT reinterpretAsUInt128(reverse(unhex(arrayJoin({traces:Array(String)})))))
ORDER BY at
