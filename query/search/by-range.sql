-- Runs with a task that started in the range and sent or got one of many texts.
SELECT DISTINCT id
FROM (
  SELECT run_id AS id, arrayJoin(arrayConcat(input_refs, output_refs)) AS ref
  FROM tasks
  WHERE project = {project:String} AND visible AND started_at >= {since:DateTime64(9, 'UTC')}
)
WHERE ref IN (SELECT hash FROM messages WHERE project = {project:String} AND month >= {month:Date} AND {{holds}} LIMIT {texts:UInt32})
LIMIT {most:UInt32}
