-- One new version of a run's marks: the last one with what is changed. Aggregates, so that a run without marks starts from none.
INSERT INTO run_marks (project, run_id, starred, archived, deleted, name, tags, ver)
SELECT
  {project:String},
  {run:String},
  if({setStarred:UInt8} = 1, {starred:UInt8}, max(m.starred)),
  if({setArchived:UInt8} = 1, {archived:UInt8}, max(m.archived)),
  if({setDeleted:UInt8} = 1, 1, max(m.deleted)),
  if({setName:UInt8} = 1, {name:String}, any(m.name)),
  if({setTags:UInt8} = 1, {tags:String}, any(m.tags)),
  max(m.ver) + 1
FROM run_marks AS m FINAL
WHERE m.project = {project:String} AND m.run_id = {run:String}
