-- The candidates that no task and no detail refers to.
INSERT INTO loose_texts
WITH candidates AS (SELECT project, hash FROM loose_texts WHERE sweep = 0)
SELECT DISTINCT project, hash, {sweep:UInt64} FROM loose_texts
WHERE sweep = 0
  AND (project, hash) NOT IN (
    SELECT project, ref FROM tasks ARRAY JOIN arrayConcat(input_refs, output_refs, [context_ref]) AS ref
    WHERE project IN (SELECT project FROM candidates) AND (project, ref) IN (SELECT project, hash FROM candidates)
  )
  AND (project, hash) NOT IN (SELECT project, hash FROM details WHERE (project, hash) IN (SELECT project, hash FROM candidates))
