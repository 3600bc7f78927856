-- Spans that were booked and that no target took in the end.
SELECT sum(spans) AS all_spans
FROM set_aside FINAL
WHERE project = {project:String} AND at >= {since:DateTime('UTC')} AND at < {until:DateTime('UTC')}
