-- Texts that deleted traces referred to: while a row lives its references stand in it, when it is taken back they are noted as details.
INSERT INTO loose_texts
SELECT DISTINCT project, hash, 0 FROM details
WHERE (project, trace_id) IN (SELECT project, trace_id FROM tombstones GROUP BY project, trace_id, run_id HAVING max(stage) = 2)
