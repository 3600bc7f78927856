import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, verifyBooks } from '../../schema/index.ts';

/** Run as a process: `inspect-store.ts <data dir> <file of "trace span" lines>`. Prints one line of JSON. */
const [dataDir, idFile] = process.argv.slice(2) as [string, string];
const store = await openStore({ engine: 'embedded', path: join(dataDir, 'store') });
const rows = await store.query<{ id: string; n: string }>(
  `SELECT concat(leftPad(lower(hex(trace_id)), 32, '0'), ' ', leftPad(lower(hex(span_id)), 16, '0')) AS id, count() AS n FROM tasks FINAL GROUP BY id`,
  {},
  { maxSeconds: 300 },
);
const booked = new Map(rows.map((row) => [row.id, Number(row.n)]));
const expected = new Set(readFileSync(idFile, 'utf8').split('\n').filter(Boolean));
const checks = await verifyBooks(store);
const mismatches = checks.flatMap((check) => check.mismatches.map((m) => `${check.name} ${m.key} ${JSON.stringify(m.differences)}`));
const missing = [...expected].filter((id) => !booked.has(id)).length;
const twice = [...booked.values()].filter((n) => n > 1).length;
await store.close();
console.log(JSON.stringify({ spans: booked.size, acknowledged: expected.size, missing, twice, mismatches }));
process.exit(0);
