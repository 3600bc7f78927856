-- Runs by slot of their start and by key.
SELECT {{slot}} AS slot, {{group}} AS label, count() AS n_runs, countIf(current_status = 'failed') AS n_failed_runs
FROM (
  SELECT first_start AS at, {{key}} AS group_key, current_status
  FROM ({{totals}}) AS run
  WHERE n_tasks > 0 AND {{where}}
) AS started
GROUP BY slot, label
