-- Texts that a task refers to and that are not there. In slices of all hashes, so that a set of them fits into memory.
SELECT t.project AS project, lower(hex(t.ref)) AS key, count() AS tasks
FROM (
  SELECT project, arrayJoin(arrayDistinct(arrayConcat(input_refs, output_refs, [context_ref]))) AS ref
  FROM tasks FINAL
  WHERE visible
) AS t
WHERE t.ref != 0 AND t.ref % {slices:UInt16} = {slice:UInt16}
  AND (t.project, t.ref) NOT IN (SELECT project, hash FROM messages WHERE hash % {slices:UInt16} = {slice:UInt16})
GROUP BY project, key
ORDER BY project, key
LIMIT 100
