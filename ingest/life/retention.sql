-- The months of a table, and whose rows lie in each.
SELECT toString({{month}}::Date) AS month, groupUniqArray(project::String) AS projects FROM {{table}} GROUP BY month ORDER BY month
