/** One fault or bad input that the project has to stand. */
export interface Case {
  readonly number: number;
  readonly title: string;
  /** Files with tests of this case, from the root of the project. */
  readonly tests: readonly string[];
  /** Why it is no test yet, or which part of it is not. */
  readonly later?: string;
}

const RECEIVE = 'test/integration/ingest-receive.test.ts';
const QUERY = 'test/integration/query.test.ts';
const INPUT = 'test/cases/input.test.ts';
const SETTLE = 'test/cases/settle.test.ts';
const proven = (number: number, title: string, ...tests: string[]): Case => ({ number, title, tests });
const later = (number: number, title: string, reason: string, ...tests: string[]): Case => ({ number, title, tests, later: reason });

/**
 * All of them, by number. A test of a case says so: its title, or that of the group it stands in, begins with `case <number>:`.
 * `cases.test.ts` beside the house rules holds this list to the files.
 */
export const CASES: readonly Case[] = [
  proven(1, 'a valid request, in either encoding, compressed or not', RECEIVE),
  proven(2, 'a request with nothing in it', RECEIVE),
  proven(3, 'content types that are none of ours', RECEIVE),
  proven(4, 'methods other than POST', RECEIVE),
  proven(5, 'a request cut at any byte', INPUT),
  proven(6, 'a million inputs that nobody would send', 'test/fuzz/fuzz.test.ts'),
  proven(7, 'text that is not UTF-8', RECEIVE),
  proven(8, 'half characters, NUL, emoji', RECEIVE),
  proven(9, 'ids in base64 or in capitals', RECEIVE),
  proven(10, 'ids of zeros, of a wrong length, or missing', RECEIVE),
  proven(11, 'a request without a valid span, or of another signal', RECEIVE, INPUT),
  proven(12, 'the spellings that JSON senders use', RECEIVE),
  proven(13, 'a body that is too large, before or after decompression', RECEIVE),
  proven(14, 'gzip bombs', RECEIVE, INPUT),
  proven(15, 'a content encoding that is not what it says', RECEIVE),
  proven(16, 'senders that are slow, or silent', 'test/chaos/slow-clients.test.ts'),
  proven(17, 'lengths that lie, chunks, trailers, pipelines', 'test/chaos/protocol.test.ts'),
  proven(18, 'values nested 33 and 10,000 deep', RECEIVE, INPUT),
  proven(19, '100,000 attributes, keys twice, empty or huge', RECEIVE),
  proven(20, 'keys that are names of prototypes', RECEIVE, INPUT),
  proven(21, 'one text of 63 MB, a million events', RECEIVE, INPUT),
  proven(22, 'times that cannot be', RECEIVE),
  proven(23, '150 days in one request', RECEIVE),
  proven(24, 'times of the future and of long ago', RECEIVE, INPUT, 'test/cases/retention.test.ts'),
  proven(25, 'counts of tokens that are none', RECEIVE, INPUT),
  proven(26, 'amounts that are none, or very small', RECEIVE),
  proven(27, 'parents that repeat the usage of their children', RECEIVE, SETTLE),
  proven(28, 'circles, orphans, several roots', RECEIVE, SETTLE),
  proven(29, 'a run of a million spans, 100,000 runs of one', SETTLE, 'test/cases/query.test.ts'),
  proven(30, 'ids that end in zeros or differ in one byte', RECEIVE, 'test/integration/settle-store.test.ts', 'test/cases/query.test.ts'),
  proven(31, 'the same request twice, and a hundred times at once', RECEIVE, SETTLE),
  proven(32, 'the same spans in other batches, another order, after a restart', RECEIVE, SETTLE),
  proven(33, 'the same span id in two traces', RECEIVE, SETTLE),
  proven(34, 'a span that is sent before it ends, and after', RECEIVE, SETTLE),
  proven(
    35,
    'spans of what was deleted, sent again',
    'test/cases/life.test.ts',
    'test/cases/retention.test.ts',
    'test/cases/sweep.test.ts',
  ),
  proven(36, 'kill -9 at any moment', 'test/chaos/chaos.test.ts'),
  proven(37, 'a stop under load', 'test/chaos/stop.test.ts'),
  proven(38, 'a power cut', 'test/cases/power.test.ts', 'test/chaos/chaos.test.ts'),
  proven(39, 'a journal that is torn, flipped, missing or of another version', 'ingest/journal/journal.test.ts'),
  proven(40, 'a disk that is full', 'test/chaos/disk.test.ts'),
  proven(41, 'a disk that fails', 'ingest/journal/journal.test.ts'),
  proven(42, 'a data folder that cannot be used', 'test/chaos/start.test.ts'),
  proven(43, 'a store that refuses a batch', 'test/cases/refused.test.ts'),
  proven(44, 'memory that runs out', 'test/chaos/store.test.ts', 'test/chaos/overload.test.ts'),
  proven(45, 'a store that is slow, or hangs', 'test/chaos/store.test.ts'),
  proven(46, 'a store that dies within an insert', 'test/chaos/store.test.ts', 'test/chaos/chaos.test.ts'),
  later(47, 'replicas that lag or split', 'several writers'),
  proven(48, 'more batches under way than the store remembers', 'ingest/load/loader.test.ts'),
  proven(49, 'clocks that jump', 'test/chaos/clock.test.ts'),
  proven(50, 'five times as much as it can take', 'test/chaos/overload.test.ts'),
  later(51, 'a key beyond its quota', 'keys'),
  later(52, 'keys that are missing, wrong, revoked', 'keys'),
  later(53, 'a project that a sender names itself', 'keys'),
  later(54, 'ways out of the SQL console', 'SQL console'),
  later(55, 'queries without an end in the SQL console', 'SQL console'),
  later(56, 'scripts in every text', 'keys, with the review of what the page shows'),
  proven(57, 'filters that try to be SQL', QUERY),
  later(58, 'webhooks to places they may not reach', 'webhooks'),
  later(59, 'secrets in attributes and texts', 'masking'),
  proven(60, 'a project deleted while its spans come in', 'test/cases/project.test.ts'),
  later(61, 'backups under load, restored elsewhere', 'backups'),
  proven(62, 'an upgrade, cut off and taken back', 'test/chaos/upgrade.test.ts'),
  proven(63, 'merges of parts', QUERY),
  later(64, 'a day under load with kills', 'a day of it: npm run chaos -- --soak 24h', 'test/chaos/chaos.test.ts'),
  later(65, 'a re-pricing that is killed', 're-pricing as a job'),
  later(66, 'the SDKs and the Collector as senders', 'Python and Go; JavaScript and the Collector are integration tests'),
];

/** Titles of tests of a case, as they stand in a source. */
const TITLE = /['"`]case (\d+): /g;

/** The numbers of the cases that a source has tests of. */
export function casesIn(source: string): Set<number> {
  return new Set([...source.matchAll(TITLE)].map(([, number]) => Number(number)));
}
