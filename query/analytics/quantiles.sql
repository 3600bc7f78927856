-- Quantiles of log2 histograms, 35 buckets an octave: the middle of the bucket that holds the rank, in nanoseconds; empty where nothing was measured.
-- Sums may leave 0 in a bucket that was corrected. Bucket 0 holds what took no time at all: spans still running.
SELECT slot, label,
  arrayMap(r -> exp2((arrayFirst((b, c) -> c >= r, latency_buckets, latency_ranks) + 0.5) / 35), arrayMap(q -> ceil(q * latency_ranks[-1]), latency_ranks = [] ? [] : [0.5, 0.95, 0.99])) AS latency,
  arrayMap(r -> exp2((arrayFirst((b, c) -> c >= r, ttft_buckets, ttft_ranks) + 0.5) / 35), arrayMap(q -> ceil(q * ttft_ranks[-1]), ttft_ranks = [] ? [] : [0.5, 0.95, 0.99])) AS ttft
FROM (
  SELECT {{slot}} AS slot, {{group}} AS label,
    arraySort(arrayFilter(e -> e.1 > 0 AND e.2 > 0, arrayZip(mapKeys(sumMap({{histogram}}) AS h), mapValues(h)))) AS latency_entries,
    arraySort(arrayFilter(e -> e.1 > 0 AND e.2 > 0, arrayZip(mapKeys(sumMap(ttft_histogram) AS th), mapValues(th)))) AS ttft_entries,
    latency_entries.1 AS latency_buckets, arrayCumSum(latency_entries.2) AS latency_ranks,
    ttft_entries.1 AS ttft_buckets, arrayCumSum(ttft_entries.2) AS ttft_ranks
  FROM ({{usage}}) AS usage
  GROUP BY slot, label
)
