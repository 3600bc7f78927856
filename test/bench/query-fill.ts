import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate, openStore, type Store } from '../../schema/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const ENTRIES = readFileSync(join(import.meta.dirname, 'query-fill.sql'), 'utf8');

/** Sizes of ten runs that are a hundred tasks together: most are small, few are large. */
const SIZES = [1, 1, 2, 2, 3, 4, 6, 8, 13, 60];
const RUN_OF = SIZES.flatMap((size, run) => Array.from({ length: size }, () => String(run)));
const PLACE_IN = SIZES.flatMap((size) => Array.from({ length: size }, (_, place) => String(place)));
const SIZE_OF = SIZES.flatMap((size) => Array.from({ length: size }, () => String(size)));

/** Tasks in one INSERT: a journal file of a store that is catching up is as large. */
const CHUNK = 250_000;
const DAYS = 90;
const SETTINGS =
  'max_insert_block_size = 250000, min_insert_block_size_rows = 250000, min_insert_block_size_bytes = 0, max_block_size = 25000, max_threads = 2';

/** Runs of these many tasks each, besides the ordinary ones. */
const LARGE = [
  { tasks: 1000, runs: 50 },
  { tasks: 100_000, runs: 1 },
] as const;

export interface Filled {
  readonly dataDir: string;
  /** Tasks and runs that were made. */
  readonly tasks: number;
  readonly runs: number;
  /** Milliseconds since 1970 of the first start and of the end of the range. */
  readonly from: number;
  readonly to: number;
}

/**
 * A data directory with `tasks` tasks and a tenth as many runs over 90 days, made through the real inbox. Made once for each schema and kept in
 * `.cache/`, since it takes minutes.
 */
export async function filled(tasks: number): Promise<Filled> {
  const dataDir = join(ROOT, '.cache', `bench-${tasks % 1_000_000 === 0 ? `${tasks / 1_000_000}m` : tasks}-${schemaVersion()}`);
  const manifest = join(dataDir, 'bench.json');
  if (existsSync(manifest)) return { ...(JSON.parse(readFileSync(manifest, 'utf8')) as Omit<Filled, 'dataDir'>), dataDir };
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  const to = Math.floor(Date.now() / 1000) * 1000;
  const from = to - DAYS * 86_400_000;
  const store = await openStore({ engine: 'embedded', path: join(dataDir, 'store') });
  try {
    await migrate(store);
    await fill(store, tasks, from, to);
  } finally {
    await store.close();
  }
  const made = { tasks: tasks + LARGE.reduce((sum, { tasks: size, runs }) => sum + size * runs, 0), runs: tasks / 10 + 51, from, to };
  writeFileSync(manifest, JSON.stringify(made));
  return { ...made, dataDir };
}

/** What the migrations say, in short: books of another schema are not the ones to measure. */
function schemaVersion(): string {
  const directory = join(ROOT, 'schema/migrations');
  const hash = createHash('sha256');
  for (const name of readdirSync(directory).sort()) hash.update(readFileSync(join(directory, name)));
  return hash.digest('hex').slice(0, 8);
}

async function fill(store: Store, tasks: number, from: number, to: number): Promise<void> {
  const always = {
    tasks,
    start: BigInt(from) * 1_000_000n,
    span: BigInt(to - from - 120_000) * 1_000_000n,
    runOf: RUN_OF,
    placeIn: PLACE_IN,
    sizeOf: SIZE_OF,
  };
  for (let firstTask = 0; firstTask < tasks; firstTask += CHUNK) {
    const count = Math.min(CHUNK, tasks - firstTask);
    await insert(store, { ...always, firstTask, count, firstRun: 0, large: 0 });
    if (process.stdout.isTTY) process.stdout.write(`\rfilling: ${((100 * (firstTask + count)) / tasks).toFixed(0)} %`);
  }
  let firstTask = tasks;
  // Multiples of ten belong to the project that is asked.
  let firstRun = Math.ceil(tasks / 100) * 100;
  for (const { tasks: size, runs } of LARGE) {
    for (let run = 0; run < runs; run++) {
      await insert(store, { ...always, firstTask, count: size, firstRun, large: size });
      firstTask += size;
      firstRun += 10;
    }
  }
  if (process.stdout.isTTY) process.stdout.write('\n');
}

async function insert(store: Store, params: Record<string, number | bigint | readonly string[]>): Promise<void> {
  await store.command(`INSERT INTO inbox (${columnsOf(ENTRIES).join(', ')}) SETTINGS ${SETTINGS}\n${ENTRIES}`, params);
}

/** Names of the outermost columns, in their order: lines of the first SELECT that end in AS name. */
function columnsOf(statement: string): string[] {
  const outer = statement.slice(statement.indexOf('\nSELECT\n'), statement.indexOf('\nFROM (\n'));
  return [...outer.matchAll(/ AS (\w+),?$/gm)].map((match) => match[1]!);
}
