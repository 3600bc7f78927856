-- The empty rows of traces that are deleted as a whole: the tombstone refuses them from now on.
not_counted = 'deleted'
AND (project, trace_id) IN (SELECT project, trace_id FROM tombstones WHERE run_id = '' GROUP BY project, trace_id, run_id HAVING max(stage) = 2)
