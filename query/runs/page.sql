-- Which runs are on the page, and in which order. Reads only the columns that the filters and the order need.
SELECT id, first_start AS started, toString({{order}}) AS sort_value
FROM ({{totals}}) AS run
WHERE n_tasks > 0 AND {{where}}
ORDER BY {{order}} DESC, id DESC
LIMIT {limit:UInt32}
