-- Days a project keeps its tasks and its totals, where it has times of its own.
SELECT payload_days AS payload, totals_days AS totals FROM retention FINAL WHERE project = {project:String}
