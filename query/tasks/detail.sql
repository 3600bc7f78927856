-- One task with all that is kept of it. The trace finds it, so no bloom index has to be right about its run.
SELECT {{columns}},
  reported_cost, priced_cost, price_id, flags, response_id, events, links, attributes, visible, toString(context_ref) AS sender,
  arrayMap(h -> toString(h), input_refs) AS inputs, arrayMap(h -> toString(h), output_refs) AS outputs
FROM tasks FINAL
WHERE project = {project:String}
  AND trace_id = reinterpretAsUInt128(reverse(unhex({trace:String})))
  AND span_id = reinterpretAsUInt64(reverse(unhex({span:String})))
LIMIT 1
