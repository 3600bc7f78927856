-- How many rows were booked in each hour, so that the traces can be read in slices of about equal size.
SELECT toUnixTimestamp(toStartOfHour(seen)) AS hour, toUInt64(count()) AS rows FROM tasks GROUP BY hour ORDER BY hour
