-- The same by minute, the newest minutes first.
SELECT minute AS at, sum(received) AS all_received, sum(booked) AS all_booked, sum(duplicate) AS all_duplicate, sum(rejected) AS all_rejected
FROM ingest_log
WHERE project = {project:String} AND minute >= {since:DateTime('UTC')} AND minute < {until:DateTime('UTC')}
GROUP BY minute
ORDER BY minute DESC
LIMIT {minutes:UInt16}
