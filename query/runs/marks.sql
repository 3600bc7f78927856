-- What their user did with the named runs.
SELECT run_id AS id, starred, archived, deleted, name AS new_name, tags AS new_tags
FROM run_marks FINAL
WHERE project = {project:String} AND run_id IN {ids:Array(String)}
