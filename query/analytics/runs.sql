-- Runs by slot of their start and by key. A run that began before the range and was resumed in it belongs to its start: it is not counted again.
SELECT {{slot}} AS slot, {{group}} AS label, count() AS n_runs, countIf(current_status = 'failed') AS n_failed_runs
FROM (
  SELECT first_start AS at, {{key}} AS group_key, current_status
  FROM ({{totals}}) AS run
  WHERE n_tasks > 0 AND {{where}}
    AND id NOT IN (
      SELECT run_id FROM runs
      WHERE project = {project:String} AND started_at < {from:DateTime64(9, 'UTC')} AND run_id IN (
        SELECT run_id FROM runs
        WHERE project = {project:String} AND started_at >= {from:DateTime64(9, 'UTC')} AND started_at < {to:DateTime64(9, 'UTC')}
      )
    )
) AS started
GROUP BY slot, label
