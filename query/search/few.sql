-- How many texts hold all the words, up to a few.
SELECT count() AS n
FROM (SELECT hash FROM messages WHERE project = {project:String} AND month >= {month:Date} AND {{holds}} LIMIT {few:UInt32})
