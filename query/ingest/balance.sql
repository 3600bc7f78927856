-- What became of everything that was received.
SELECT sum(received) AS all_received, sum(booked) AS all_booked, sum(duplicate) AS all_duplicate, sum(rejected) AS all_rejected, sumMap(reasons) AS all_reasons
FROM ingest_log
WHERE project = {project:String} AND minute >= {since:DateTime('UTC')} AND minute < {until:DateTime('UTC')}
