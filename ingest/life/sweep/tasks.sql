-- Everything of a deleted trace or run but the empty rows that say so. Of a run of a shared trace those stay: by them its spans are known when they
-- come again.
not_counted != 'deleted' AND (
  (project, trace_id) IN (SELECT project, trace_id FROM tombstones WHERE run_id = '' GROUP BY project, trace_id, run_id HAVING max(stage) = 2)
  OR (project, trace_id, span_id) IN (
    SELECT project, trace_id, span_id FROM tasks WHERE not_counted = 'deleted'
      AND (project, trace_id) IN (SELECT project, trace_id FROM tombstones WHERE run_id != '' GROUP BY project, trace_id, run_id HAVING max(stage) = 2)
  )
)
