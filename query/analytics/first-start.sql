-- When the first run of the project began.
SELECT min(started_at) AS first, count() AS n FROM runs WHERE project = {project:String}
