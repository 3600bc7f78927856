-- The same stage for some traces (or runs of traces): three lists of one length.
INSERT INTO tombstones
SELECT t.1, reinterpretAsUInt128(reverse(unhex(t.2))), t.3, now64(3), {stage:UInt8}
FROM (SELECT arrayJoin(arrayZip({projects:Array(String)}, {traces:Array(String)}, {runs:Array(String)})) AS t)
