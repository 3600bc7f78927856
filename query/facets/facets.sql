-- Values of runs with the number of runs that have them, the most frequent first. Each is counted under all filters but its own, so that
-- choosing one value does not hide the others.
WITH (counts -> arraySlice(arraySort(e -> (-toInt64(e.2), e.1), arrayFilter(e -> e.2 > 0, arrayZip(mapKeys(counts), mapValues(counts)))), 1, {top:UInt16})) AS largest
SELECT
  largest(sumMapIf(map(current_status, toUInt64(1)), pass_feature AND pass_model AND pass_provider AND pass_user AND pass_tag AND pass_starred AND pass_cost)) AS status,
  largest(sumMapIf(map(feature_name, toUInt64(1)), pass_status AND pass_model AND pass_provider AND pass_user AND pass_tag AND pass_starred AND pass_cost)) AS feature,
  largest(sumMapIf(mapApply((k, v) -> (k, toUInt64(v > 0)), calls_by_model), pass_status AND pass_feature AND pass_provider AND pass_user AND pass_tag AND pass_starred AND pass_cost)) AS model,
  largest(sumMapIf(mapApply((k, v) -> (k, toUInt64(v > 0)), calls_by_provider), pass_status AND pass_feature AND pass_model AND pass_user AND pass_tag AND pass_starred AND pass_cost)) AS provider,
  largest(sumMapIf(map(facts.user_id, toUInt64(1)), facts.user_id != '' AND pass_status AND pass_feature AND pass_model AND pass_provider AND pass_tag AND pass_starred AND pass_cost)) AS user,
  largest(sumMapIf(mapFromArrays(all_tags, arrayMap(tag -> toUInt64(1), all_tags)), pass_status AND pass_feature AND pass_model AND pass_provider AND pass_user AND pass_starred AND pass_cost)) AS tag,
  largest(sumMapIf(map(cost_known, toUInt64(1)), pass_status AND pass_feature AND pass_model AND pass_provider AND pass_user AND pass_tag AND pass_starred)) AS cost,
  largest(sumMapIf(map(if(is_starred, 'true', 'false'), toUInt64(1)), pass_status AND pass_feature AND pass_model AND pass_provider AND pass_user AND pass_tag AND pass_cost)) AS starred
FROM (
  SELECT current_status, facts, feature_name, calls_by_model, calls_by_provider,
    arrayDistinct(if(mark.tags IS NULL, facts.tags, JSONExtract(assumeNotNull(mark.tags), 'Array(String)'))) AS all_tags,
    mark.starred = 1 AS is_starred,
    cost_known,
    {{status}} AS pass_status, {{feature}} AS pass_feature, {{model}} AS pass_model, {{provider}} AS pass_provider,
    {{user}} AS pass_user, {{tag}} AS pass_tag, {{starred}} AS pass_starred, {{cost}} AS pass_cost
  FROM ({{totals}}) AS run
  LEFT JOIN (SELECT run_id, starred, tags FROM run_marks FINAL WHERE project = {project:String}) AS mark ON mark.run_id = run.id
  WHERE n_tasks > 0 AND {{where}}
)
