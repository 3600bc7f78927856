-- Runs with a task that sent or got one of a few texts: the indexes on the references say where to look.
SELECT DISTINCT run_id AS id
FROM tasks
WHERE project = {project:String} AND visible AND (hasAny(input_refs, {hashes:Array(UInt128)}) OR hasAny(output_refs, {hashes:Array(UInt128)}))
LIMIT {most:UInt32}
