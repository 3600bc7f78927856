-- One new version. 0 is for ever.
INSERT INTO retention (project, payload_days, totals_days, ver)
SELECT {project:String}, nullIf({payload:UInt32}, 0), nullIf({totals:UInt32}, 0), max(r.ver) + 1
FROM retention AS r WHERE r.project = {project:String}
