hasAllTokens(lower(replaceAll(replaceAll(text, '\\n', ' '), '\\t', ' ')), {words:Array(String)})
