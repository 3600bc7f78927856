-- All of a deleted trace. Of a deleted run the empty row stays that says which spans were its own: it is how they are known when they come again.
(project, trace_id) IN (SELECT project, trace_id FROM tombstones WHERE run_id = '' GROUP BY project, trace_id, run_id HAVING max(stage) = 2)
OR not_counted != 'deleted' AND (project, trace_id, span_id) IN (
  SELECT project, trace_id, span_id FROM tasks WHERE not_counted = 'deleted'
    AND (project, trace_id) IN (SELECT project, trace_id FROM tombstones WHERE run_id != '' GROUP BY project, trace_id, run_id HAVING max(stage) = 2)
)
