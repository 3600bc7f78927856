-- What the model calls of a run sent and got, as hashes of texts, and the agents around them, who may have recorded what the calls did not.
SELECT leftPad(lower(hex(span_id)), 16, '0') AS span, leftPad(lower(hex(trace_id)), 32, '0') AS trace,
  started_at AS started, duration_ns, status, kind, counted, model, request_model,
  arrayMap(h -> toString(h), input_refs) AS inputs, arrayMap(h -> toString(h), output_refs) AS outputs
FROM tasks FINAL
WHERE project = {project:String}
  AND trace_id IN (SELECT reinterpretAsUInt128(reverse(unhex(arrayJoin({traces:Array(String)})))))
  AND seen >= {seenFrom:DateTime64(3, 'UTC')} AND seen <= {seenTo:DateTime64(3, 'UTC')}
  AND visible AND run_id = {run:String} AND kind IN ('llm', 'agent')
ORDER BY started_at, trace_id, span_id
LIMIT {calls:UInt32}
