-- Minutes whose balance does not close: received minus what became of it.
SELECT project, concat(toString(minute), ' ', signal) AS key, sum(received - booked - duplicate - rejected) AS received
FROM ingest_log
GROUP BY project, minute, signal
HAVING received != 0
ORDER BY project, key
LIMIT 100
