-- Hides runs from every list until their amounts have left the books, and for good where something of them should come in another trace.
-- What their user wrote on them is not repeated.
INSERT INTO run_marks (project, run_id, starred, archived, deleted, name, tags, ver)
SELECT {project:String}, run, 0, 0, 1, NULL, NULL, max(m.ver) + 1
FROM (SELECT arrayJoin({runs:Array(String)}) AS run) AS r
LEFT JOIN (SELECT run_id, ver FROM run_marks WHERE project = {project:String}) AS m ON m.run_id = r.run
GROUP BY run
