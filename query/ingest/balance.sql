-- What became of everything that was received, by signal.
SELECT signal, sum(received) AS all_received, sum(booked) AS all_booked, sum(duplicate) AS all_duplicate, sum(rejected) AS all_rejected, sumMap(reasons) AS all_reasons
FROM ingest_log
WHERE project = {project:String} AND minute >= {since:DateTime('UTC')} AND minute < {until:DateTime('UTC')}
GROUP BY signal
ORDER BY all_received DESC, signal
