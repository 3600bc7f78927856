-- The runs of a user: those that say so, and those of which any trace does.
SELECT DISTINCT run FROM (
  SELECT run_id AS run FROM runs WHERE project = {project:String}
  GROUP BY run_id HAVING sum(tasks) > 0 AND min(facts_first).user_id = {user:String}
  UNION ALL
  SELECT run_id AS run FROM tasks FINAL WHERE project = {project:String} AND user_id = {user:String} AND visible
)
ORDER BY run
