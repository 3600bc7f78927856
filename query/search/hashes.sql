-- The texts that hold all the words, where they are few.
SELECT DISTINCT toString(hash) AS text_hash
FROM messages
WHERE project = {project:String} AND month >= {month:Date} AND {{holds}}
