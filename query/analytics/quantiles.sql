-- Quantiles of log2 histograms, 35 buckets an octave: the middle of the bucket that holds the rank, in nanoseconds; empty where nothing was measured.
-- Corrections may leave 0 in a bucket. Bucket 0 holds what took no time at all: spans still running.
  arraySort(arrayFilter(e -> e.1 > 0 AND e.2 > 0, arrayZip(mapKeys(latency_histogram), mapValues(latency_histogram)))) AS latency_entries,
  arrayCumSum(latency_entries.2) AS latency_ranks,
  arrayMap(q -> exp2((arrayFirst((b, rank) -> rank >= ceil(q * latency_ranks[-1]), latency_entries.1, latency_ranks) + 0.5) / 35),
    if(empty(latency_ranks), [], [0.5, 0.95, 0.99])) AS latency_ns,
  arraySort(arrayFilter(e -> e.1 > 0 AND e.2 > 0, arrayZip(mapKeys(token_histogram), mapValues(token_histogram)))) AS token_entries,
  arrayCumSum(token_entries.2) AS token_ranks,
  arrayMap(q -> exp2((arrayFirst((b, rank) -> rank >= ceil(q * token_ranks[-1]), token_entries.1, token_ranks) + 0.5) / 35),
    if(empty(token_ranks), [], [0.5, 0.95, 0.99])) AS ttft_ns
