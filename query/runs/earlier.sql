-- Runs that have rows in the range and began before it: they belong to their start.
SELECT run_id FROM runs
WHERE project = {project:String} AND started_at < {from:DateTime64(9, 'UTC')} AND run_id IN (
  SELECT run_id FROM runs WHERE project = {project:String} AND started_at >= {from:DateTime64(9, 'UTC')}
)
