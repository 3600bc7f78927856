-- The same over time, the newest first.
SELECT intDiv(toUnixTimestamp(minute) - {origin:Int64}, {interval:Int64}) AS slot, signal,
  sum(received) AS all_received, sum(booked) AS all_booked, sum(duplicate) AS all_duplicate, sum(rejected) AS all_rejected
FROM ingest_log
WHERE project = {project:String} AND minute >= {since:DateTime('UTC')} AND minute < {until:DateTime('UTC')}
GROUP BY slot, signal
ORDER BY slot DESC, signal
LIMIT {most:UInt16}
