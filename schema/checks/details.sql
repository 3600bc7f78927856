-- Texts that a detail of a task refers to and that are not there. Details that only say what an earlier version referred to are left out: they lie in
-- the month that replaced it, and its texts go with their own.
SELECT d.project AS project, lower(hex(d.hash)) AS key, count() AS details
FROM details AS d
WHERE d.hash % {slices:UInt16} = {slice:UInt16} AND d.side != 'superseded'
  AND (d.project, d.hash) NOT IN (SELECT project, hash FROM messages WHERE hash % {slices:UInt16} = {slice:UInt16})
GROUP BY project, key
ORDER BY project, key
LIMIT 100
