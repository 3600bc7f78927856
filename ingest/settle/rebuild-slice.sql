-- The traces booked in some hours whose ids lie in a range: one row a project, the 16 bytes of each id and a dot, one after the other
-- (without the dot the concatenation would strip the zeros that an id ends in).
SELECT project, base64Encode(arrayStringConcat(arrayMap(t -> concat(reinterpretAsFixedString(t), '.'), groupUniqArray(trace_id)))) AS ids
FROM tasks
WHERE toStartOfHour(seen) >= toDateTime({from:UInt32}, 'UTC') AND toStartOfHour(seen) <= toDateTime({to:UInt32}, 'UTC')
  AND trace_id >= {low:UInt128} AND trace_id <= {high:UInt128}
GROUP BY project
