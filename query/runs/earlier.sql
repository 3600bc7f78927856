-- Runs that have rows in the range and began before it: they belong to their start. The range holds little of what is booked (see rowsSince).
SELECT run_id FROM runs
WHERE project = {project:String} AND started_at < {from:DateTime64(9, 'UTC')} AND run_key IN (
  SELECT run_key FROM runs WHERE project = {project:String} AND started_at >= {from:DateTime64(9, 'UTC')}
)
