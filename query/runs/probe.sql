-- How many rows start in each of the stretches that end where the page begins: what it takes to choose one that can hold a page.
SELECT
  countIf(started_at >= {day:DateTime64(9, 'UTC')}) AS in_day,
  countIf(started_at >= {week:DateTime64(9, 'UTC')}) AS in_week,
  count() AS in_month
FROM runs
WHERE project = {project:String} AND started_at >= {month:DateTime64(9, 'UTC')} AND started_at <= {end:DateTime64(9, 'UTC')}
