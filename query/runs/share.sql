-- How much of what is booked starts in a range without an end.
SELECT countIf(started_at >= {from:DateTime64(9, 'UTC')}) AS inside, count() AS everything FROM runs WHERE project = {project:String}
