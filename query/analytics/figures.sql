-- Usage by slot of time and by key: the sums that are asked for, and quantiles where they are.
SELECT slot, label, {{columns}},
  {{quantiles}}
FROM (
  SELECT {{slot}} AS slot, {{group}} AS label,
    {{sums}},
    {{histograms}}
  FROM ({{usage}}) AS usage
  GROUP BY slot, label
  HAVING tasks != 0 OR calls != 0 OR errors != 0
  ORDER BY {{order}} DESC, calls DESC, tasks DESC, label
  LIMIT {rows:UInt32}
)
ORDER BY {{order}} DESC, calls DESC, tasks DESC, label
