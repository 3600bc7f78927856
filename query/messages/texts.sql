-- Texts by their hash. A text may be stored more than once until its copies are merged.
SELECT toString(hash) AS text_hash, any(text) AS body
FROM messages
WHERE project = {project:String} AND hash IN (SELECT toUInt128(arrayJoin({hashes:Array(String)})))
GROUP BY hash
